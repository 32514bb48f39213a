// Going to a goal, one action at a time, decided anew after each: by the inverse head, or by CEM, an iteration a frame.
//   const journey = live.makeJourney({ session, spec, ... });   journey.travel(40)   journey.stop()
window.live = window.live || {};
{
  const PAUSE_MS = 250;  // between actions of the inverse head, which decides faster than anybody can see
  const NO_GOAL = "There is no goal yet: choose “sets the goal” and click in the world, or press “Goal here” and " +
    "move away.";
  const { shown } = window.live;
  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

  // planner(): "inverse" or "cem"; say(text), draw(): onto the page; changed(going): when it begins or ends
  window.live.makeJourney = ({ session, spec, planner, say, draw, frame, changed }) => {
    let going = null;  // the number of the journey that goes on, if any
    let journeys = 0;

    function stop() {
      going = null;
      changed(false);
    }

    // one action; null if the journey was stopped meanwhile
    async function decide(journey) {
      if (planner() === "inverse") {
        session.plan = [];
        return session.inverse();
      }
      let best = null;
      for (const seen of session.search()) {
        ({ best } = seen);
        say(`CEM, iteration ${seen.iteration + 1}: cost ${shown(best.cost)}`);
        draw();
        await frame();
        if (going !== journey) return null;
      }
      return best.actions.subarray(0, spec.actionDim);
    }

    function tell(count, most) {
      const away = session.away();
      const there = away <= spec.successRadius;
      const way = `${shown(away)} px away after ${count} action${count === 1 ? "" : "s"}.`;
      const gaveUp = !there && count === most && most > 1;
      say(`${there ? "At the goal" : gaveUp ? "Gave up" : "On the way"}: ${way}`);
      return there;
    }

    async function travel(most) {
      if (!session.goal) {
        say(NO_GOAL);
        return;
      }
      const journey = going = ++journeys;
      changed(most > 1);
      for (let count = 1; count <= most; count++) {
        const action = await decide(journey);
        if (action === null || going !== journey) return;
        session.act(action, session.plan);
        draw();
        if (tell(count, most)) break;
        if (most > 1) await pause(PAUSE_MS);
        if (going !== journey) return;
      }
      stop();
    }

    return { stop, travel, isGoing: () => going !== null };
  };
}
