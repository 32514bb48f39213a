// A quiz without a kernel: choosing an answer explains it, and the score counts right answers and first tries.
(() => {
  const questions = [...document.querySelectorAll(".question")].map((element) => ({
    element,
    chapter: element.closest(".chapter"),
    options: [...element.querySelectorAll(".option")],
    solved: false,
    tries: 0,
  }));

  function scoreOf(some) {
    const solved = some.filter((question) => question.solved);
    const atFirst = solved.filter((question) => question.tries === 1);
    return `${solved.length} of ${some.length} right, ${atFirst.length} at the first try`;
  }

  function showScores() {
    document.getElementById("score").textContent = scoreOf(questions);
    for (const line of document.querySelectorAll(".chapter .score")) {
      const chapter = line.closest(".chapter");
      line.textContent = scoreOf(questions.filter((question) => question.chapter === chapter));
    }
  }

  function mark(button, word) {
    const why = button.parentElement.querySelector(".why");
    button.classList.remove("right", "wrong");
    if (word) button.classList.add(word);
    button.setAttribute("aria-pressed", String(Boolean(word)));
    button.querySelector(".mark").textContent = { right: "✓", wrong: "✗" }[word] ?? "";
    why.textContent = word ? why.dataset.reply : "";
    if (word) button.setAttribute("aria-describedby", why.id);
    else button.removeAttribute("aria-describedby");
  }

  function choose(question, button) {
    const right = "right" in button.dataset;
    const isNew = button.getAttribute("aria-pressed") === "false";
    if (!question.solved && isNew) question.tries += 1;
    if (right) question.solved = true;
    mark(button, right ? "right" : "wrong");
    showScores();
  }

  for (const question of questions) {
    for (const button of question.options) button.addEventListener("click", () => choose(question, button));
  }
  document.getElementById("again").addEventListener("click", () => {
    for (const question of questions) {
      question.solved = false;
      question.tries = 0;
      for (const button of question.options) mark(button, "");
    }
    showScores();
    window.scrollTo(0, 0);
  });
  showScores();
})();
