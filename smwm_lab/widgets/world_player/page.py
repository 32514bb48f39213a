"""WorldPlayer as a page without a kernel: a recording of the history, or of a demonstration before the first step."""

from smwm_lab.widgets.shared.recording import Frame, image_recording
from smwm_lab.widgets.world_player.figure import moment_pngs
from smwm_lab.widgets.world_player.session import Moment, WorldPlayerSession, describe
from smwm_lab.worlds import World


CAPTIONS = ("observation o", "next observation o'")


def page_body(session: WorldPlayerSession) -> str:
    """Return the content of the page; the session is only read."""
    moments = session.history or session.demo()
    frames = [_frame(session.world, moment, f"step {i}") for i, moment in enumerate(moments, 1)]
    return image_recording(frames, captions=CAPTIONS, width="min(24rem, 45vw)", css_class="pixels")


def _frame(world: World, moment: Moment, where: str) -> Frame:
    parts = zip(world.spec.action_names, moment.action[0].tolist(), strict=True)
    action = ", ".join(f"{name} {value:+.2f}" for name, value in parts) or "no action"
    return Frame(moment_pngs(world, moment), f"{where}, action: {action}; {describe(world, moment)}")
