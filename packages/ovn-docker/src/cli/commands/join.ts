import { OvnDockerError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { argument, textOption } from '../options.ts';

/** Makes this VM known to a credential broker, and configures the agent to work through it. */
export const join = defineCommand({
  name: 'join',
  summary: 'work through a credential broker, so that this VM needs no OpenStack credential',
  needsRoot: true,
  arguments: { url: argument('<url>') },
  options: {
    token: textOption(
      '--token <token>',
      'join token (visible in ps while the command runs: prefer --token-file)',
    ),
    tokenFile: textOption('--token-file <file>', 'file with the join token; - or nothing: standard input'),
    caHash: textOption(
      '--ca-hash <hash>',
      'the broker’s certificate authority: sha256:HEX, as `invite` prints it',
    ),
  },

  validate(_settings, { url, token, tokenFile, caHash }) {
    brokerUrl(url);
    hashOf(caHash);
    if (token !== undefined && tokenFile !== undefined)
      throw new OvnDockerError('E_USAGE', '--token and --token-file exclude each other');
  },

  async action({ options: { config: file } }, { url, caHash, ...source }) {
    const { configureBroker } = await import('../join/configure-broker.ts');
    const { readToken } = await import('../join/read-token.ts');
    const { runJoin } = await import('../join/run-join.ts');
    const token = await readToken(source);
    const { broker, certificate, wasJoined } = await runJoin({
      ...token,
      url: brokerUrl(url),
      caHash: hashOf(caHash),
    });
    const isChanged = configureBroker(broker.url, file);
    const { vifId, notAfter } = certificate;
    process.stdout.write(
      [
        `This VM ${wasJoined ? 'has joined before' : 'has joined'}: ${broker.url} knows it as the VM with port ${vifId}.`,
        `The certificate expires at ${notAfter.toISOString()}; the agent renews it before.`,
        isChanged
          ? 'The configuration names the broker. Set this VM up with `ovn-docker init`, or start the agent anew: `systemctl restart ovn-docker`.'
          : 'The configuration named the broker before.',
        '',
      ].join('\n'),
    );
  },
});

/** @throws OvnDockerError `E_USAGE` */
function brokerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' && url.pathname === '/' && url.search === '' && url.username === '')
    return url;
  throw new OvnDockerError('E_USAGE', `"${text}" is no URL of a broker`, {
    hint: 'write it as `ovn-docker-broker invite` prints it: https://HOST:PORT',
  });
}

/** @throws OvnDockerError `E_USAGE` */
function hashOf(text: string | undefined): string {
  if (text !== undefined && /^sha256:[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  const problem = text === undefined ? 'is missing' : 'must be sha256: and 64 hexadecimal digits';
  throw new OvnDockerError('E_USAGE', `--ca-hash ${problem}`, {
    hint: '`ovn-docker-broker invite` prints it; without it, another server could pass for the broker and take the token',
  });
}
