# The course in a container, for a CPU. docs/teaching/installing.md says how to use it:
#   docker build --build-arg PIP_EXTRA_INDEX_URL=ADDRESS -t smwm_lab .
#   docker run --rm -p 127.0.0.1:8888:8888 smwm_lab
# ADDRESS is that of the index of the CPU build of torch (CONTRIBUTING.md); without it the image holds a CUDA build.

FROM python:3.11-slim-bookworm AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 learner \
    && install -d -o learner -g learner /srv/smwm_lab

# for .devcontainer, which brings the checkout along
FROM base AS workspace
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
USER learner

FROM base AS course
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1
USER learner
WORKDIR /srv/smwm_lab
COPY --chown=learner:learner pyproject.toml constraints.txt setup.py MANIFEST.in README.md LICENSE Makefile ./
COPY --chown=learner:learner smwm_lab smwm_lab
RUN make setup EXTRAS=app
COPY --chown=learner:learner notebooks notebooks
COPY --chown=learner:learner data data
EXPOSE 8888
CMD ["make", "lab", "LAB_ARGS=--ip=0.0.0.0 --port=8888 --no-browser"]
