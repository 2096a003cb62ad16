import { shortId } from '../../clients/short-id.ts';
import type { ContainerNicView, ContainerView } from '../../health/types.ts';
import { table } from '../output/table.ts';
import { visible } from '../output/visible.ts';
import type { VmReport } from './vm-report.ts';

/** Paints a line for a terminal; the identity where there is none. */
export type Paint = (colour: 'green' | 'yellow' | 'red' | 'gray', text: string) => string;

const heading = [
  'HOST',
  'CONTAINER',
  'VERDICT',
  'SINCE',
  'DOCKER',
  'NETWORK',
  'ADDRESSES',
  'PORT',
  'LINK',
  'GATEWAY',
  'PROBE',
];
const colours = { good: 'green', starting: 'yellow', faulty: 'red', stopped: 'gray' } as const;

/** One line of the table, and what belongs below it. */
interface Line {
  readonly cells: readonly string[];
  readonly colour: Parameters<Paint>[0];
  readonly below: readonly string[];
}

/**
 * The health of several VMs as one table: a line for each NIC of each container, the faults below it, and a
 * line for each VM that does not answer or is not ready.
 * @param now milliseconds since the epoch
 */
export function printHealth(reports: readonly VmReport[], now: number, paint: Paint): string {
  const lines = reports.flatMap((report) => linesOf(report, now));
  if (lines.length === 0) return 'no container is on an ovn-docker network\n';
  const [top = '', ...rows] = table(
    heading,
    lines.map(({ cells }) => cells),
  )
    .trimEnd()
    .split('\n');
  const body = rows.flatMap((row, index) => {
    const { colour, below } = lines[index] ?? { colour: 'gray' as const, below: [] };
    return [row, ...below.map((text) => `    ${visible(text)}`)].map((text) => paint(colour, text));
  });
  return `${[top, ...body].join('\n')}\n`;
}

function linesOf(report: VmReport, now: number): Line[] {
  const { host } = report;
  if ('error' in report) {
    const { message, code, hint } = report.error;
    return [
      { cells: [host, '-', 'no answer'], colour: 'red', below: [`${message} [${code}]`, `hint: ${hint}`] },
    ];
  }
  const { ready, reasons, notes, containers } = report;
  const agent: Line[] =
    ready && notes.length === 0
      ? []
      : [
          {
            cells: [host, '-', ready ? 'limited' : 'not ready'],
            colour: ready ? 'yellow' : 'red',
            below: [...reasons, ...notes],
          },
        ];
  return [...agent, ...containers.flatMap((container) => containerLines(host, container, now))];
}

function containerLines(host: string, container: ContainerView, now: number): Line[] {
  const { id, name, verdict, since, state, dockerHealth, faults, nics } = container;
  const colour = colours[verdict];
  const start = [host, name || shortId(id), verdict, age(since, now), dockerHealth ?? state];
  const seen: readonly (ContainerNicView | undefined)[] = nics.length > 0 ? nics : [undefined];
  return seen.map((nic, index) => ({
    cells: [...(index === 0 ? start : [host, '', '', '', '']), ...(nic ? nicCells(nic, now) : [])],
    colour,
    below: index === seen.length - 1 ? faults : [],
  }));
}

function nicCells(
  { network, addresses, portStatus, carrier, gateways, probe }: ContainerNicView,
  now: number,
) {
  const answers = gateways.map(({ answered }) => (answered === undefined ? '-' : age(answered, now)));
  const result = probe?.passed === undefined ? 'waits' : probe.passed ? 'passes' : 'fails';
  return [
    network,
    addresses.join(','),
    portStatus ?? '-',
    carrier ? 'up' : 'down',
    answers.join(',') || '-',
    probe ? `${probe.probe} ${result}` : '-',
  ];
}

/** A past time as people say it: `12s`, `5m`, `3h`, `2d`. */
export function age(time: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
