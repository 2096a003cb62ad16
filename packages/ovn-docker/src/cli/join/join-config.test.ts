import { expect, it } from 'vitest';
import { parseAgentConfig } from '../../config/agent-config.ts';
import { withBroker } from './join-config.ts';

const URL = 'https://10.0.0.5:9797';

it.each([
  ['no file', undefined],
  ['an empty file', ''],
  ['a file with comments alone', '# written by hand\n'],
  ['other settings', '# why\nuplink: ens3 # the uplink\npool: { high: 3 }\n'],
  ['a clouds.yaml', 'cloud: { clouds_yaml: /etc/ovn-docker/clouds.yaml, cloud: lab }\nuplink: ens3\n'],
  ['another broker with files', 'cloud: { broker: "https://b:1", certificate: /a, key: /b, ca: /c }\n'],
])('after %s, the configuration has the broker and the same other settings', (_, before) => {
  const after = withBroker(before, URL);
  const { cloud, ...rest } = parseAgentConfig(after, 'config.yaml');
  expect(cloud).toEqual({ broker: URL });
  const { cloud: _former, ...formerRest } = parseAgentConfig(before ?? '', 'config.yaml');
  expect(rest).toEqual(formerRest);
  for (const [comment] of (before ?? '').matchAll(/#.*/g)) expect(after).toContain(comment);
});

it('a configuration that names the broker stays as it is, byte by byte', () => {
  const text = `cloud:   { broker: '${URL}' }\n`;
  expect(withBroker(text, URL)).toBe(text);
});

it("Keystone's URL stays: it is for the tokens of callers", () => {
  const after = withBroker('cloud: { auth_url: "https://k:5000", cloud: lab }\n', URL);
  expect(parseAgentConfig(after, 'config.yaml').cloud).toEqual({ broker: URL, auth_url: 'https://k:5000' });
});

it('a file that is no configuration is not changed', () => {
  expect(() => withBroker('cloud: { colour: red }\n', URL)).toThrowError(
    expect.objectContaining({ code: 'E_CONFIG' }),
  );
});
