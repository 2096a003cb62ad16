/**
 * `npm run docs:doctor`: writes docs/doctor.md from doctor's checks. A unit test fails if the page is
 * outdated.
 */
import { writeFileSync } from 'node:fs';
import { doctorDoc, renderDoctorDoc } from './doctor-docs/page.ts';

writeFileSync(doctorDoc, await renderDoctorDoc());
