import { expect, it } from 'vitest';
import { firewallRulesFor, firewallWarning } from './firewall-rules.ts';

const outputs: Readonly<Record<string, string>> = {
  nft: `table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    iifname "eth0" tcp dport 22 accept
    iif "eth0" accept
    iifname { "eth0", "eth1" } icmp type echo-request accept
    iifname != "eth0" drop
    oifname "eth0" masquerade
    iifname "eth01" accept
    iifname "my.eth0" accept
    iifname "eth1" ip saddr 192.0.2.1 comment "not eth0" accept
  }
}`,
  'iptables-legacy-save':
    '-A INPUT -i eth0 -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT ! -i eth0.5 -j DROP\n',
  'ip6tables-legacy-save': '-A INPUT -i eth0 -p tcp -m tcp --dport 22 -j ACCEPT\n',
};

it('finds the rules of all firewall programs that name the uplink, and no others', async () => {
  const run = async (program: string) => outputs[program] ?? '';
  expect(await firewallRulesFor({ run }, 'eth0')).toEqual([
    'iifname "eth0" tcp dport 22 accept',
    'iif "eth0" accept',
    'iifname { "eth0", "eth1" } icmp type echo-request accept',
    'iifname != "eth0" drop',
    'oifname "eth0" masquerade',
    '-A INPUT -i eth0 -p tcp -m tcp --dport 22 -j ACCEPT',
  ]);
});

it('a VM without a firewall program has no rules, and the plan no warning', async () => {
  const rules = await firewallRulesFor({ run: () => Promise.reject(new Error('ENOENT')) }, 'eth0');
  expect([rules, firewallWarning(rules, 'eth0', 'br0')]).toEqual([[], undefined]);
});

it('the warning shows few of many rules, and names the bridge', () => {
  const rules = Array.from({ length: 9 }, (_, number) => `iifname "eth0" tcp dport ${number} accept`);
  expect(firewallWarning(rules, 'eth0', 'br0')).toMatch(
    /Name br0 in these rules[\s\S]*dport 4 accept\n {4}and 4 more$/,
  );
});
