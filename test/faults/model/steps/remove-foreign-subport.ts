import { step } from '../step.ts';

/** The other client removes one of its ports from the trunk and deletes it. */
export function removeForeignSubport(index: number) {
  return step({
    name: `removeForeign(${index})`,
    isPossible: ({ foreign }) => foreign.size > 0,
    async act(model, { scene }) {
      const port = [...model.foreign.keys()][index % model.foreign.size];
      if (port === undefined) return;
      await scene.changeSubports('remove', [{ port_id: port }]);
      await scene.api.delete('port', port);
      model.foreign.delete(port);
      model.isDisturbed = true;
    },
  });
}
