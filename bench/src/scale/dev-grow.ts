import { growTo } from './grow.ts';
import { raiseScaleLab } from './lab.ts';

const lab = await raiseScaleLab();
console.log(
  new Date().toISOString(),
  'raised',
  JSON.stringify({ b: lab.big.networks, sp: lab.big.spare, s: lab.small.networks }),
);
await growTo(lab.small, 10);
for (const n of [400, 1000, 2000, 3000, 4078]) {
  await growTo(lab.big, n);
  console.log(new Date().toISOString(), n);
}
process.exit(0);
