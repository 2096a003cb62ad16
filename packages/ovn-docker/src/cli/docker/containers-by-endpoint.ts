import { docker } from './docker-command.ts';

/** The running containers' ids by the ids of their network endpoints; empty if Docker does not answer. */
export async function containersByEndpoint(): Promise<Map<string, string>> {
  const running = (await docker(['ps', '--quiet', '--no-trunc'])).stdout.split('\n').filter(Boolean);
  if (running.length === 0) return new Map();
  const format = '{{.Id}}{{range .NetworkSettings.Networks}} {{.EndpointID}}{{end}}';
  const { stdout } = await docker(['inspect', '--format', format, ...running]);
  const lines = stdout.split('\n').filter(Boolean);
  return new Map(
    lines.flatMap((line) => {
      const [container = '', ...endpoints] = line.split(' ');
      return endpoints.map((endpoint) => [endpoint, container] as const);
    }),
  );
}
