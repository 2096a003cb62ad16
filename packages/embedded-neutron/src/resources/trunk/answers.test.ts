import { testAnswers } from '../../../test/cases/test-answers.ts';

testAnswers('trunks');
