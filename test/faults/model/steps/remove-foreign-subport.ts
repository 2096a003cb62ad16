import { step } from '../step.ts';

/** The other client takes one of its ports away again. */
export function removeForeignSubport(index: number) {
  return step({
    name: `foreignGoes(${index})`,
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
