import { expect, it } from 'vitest';
import { chooseMode, mayBindPorts, type Offer, PARENT_BINDING_EXTENSION } from './parent-mode.ts';

const offer = (aliases: string[], roles: string[]): Offer => ({
  extensions: aliases.map((alias) => ({ alias })),
  roles: roles.map((name) => ({ name })),
});

it.each([
  ['members may bind ports', ['trunk', 'container-parent-binding'], ['member'], 'port-binding'],
  ['a stock Neutron', ['binding', 'trunk'], ['member', 'reader'], 'trunk'],
  [
    'a stock Neutron and an admin: the trunk, where Neutron checks the owner',
    ['binding', 'trunk'],
    ['admin'],
    'trunk',
  ],
  ['no trunks, but an admin', ['binding'], ['member', 'admin'], 'port-binding'],
] as const)('%s', (_, aliases, roles, mode) => {
  expect(chooseMode('auto', offer([...aliases], [...roles]))).toBe(mode);
});

it('no trunks and no admin: the error names what is missing', () => {
  const choose = () => chooseMode('auto', offer(['binding', 'trunk-details'], ['member', 'administrator']));
  expect(choose).toThrow(
    expect.objectContaining({ code: 'E_PARENT_MODE', hint: expect.stringContaining('trunk') }),
  );
  expect(choose).toThrow(/no extension "trunk".*member, administrator/);
});

it('the error for a token without roles', () => {
  expect(() => chooseMode('auto', offer([], []))).toThrow(/it has: none/);
});

it.each(['trunk', 'port-binding'] as const)('a configured %s applies, whatever Neutron offers', (mode) => {
  expect(chooseMode(mode, offer([], []))).toBe(mode);
});

it('port binding is allowed with the extension, or for an admin', () => {
  expect(mayBindPorts(offer([PARENT_BINDING_EXTENSION], ['member']))).toBe(true);
  expect(mayBindPorts(offer(['trunk'], ['member', 'admin']))).toBe(true);
  expect(mayBindPorts(offer(['trunk'], ['member']))).toBe(false);
});
