import { describe, expect, test } from 'vitest';
import { recordingOf } from '../../test/support/replay-cloud.ts';
import { parseErrorBody } from './error-body.ts';

function recorded(number: string, group = 'errors') {
  return parseErrorBody(JSON.stringify(recordingOf(group, number).response.body ?? ''));
}

test('NeutronError', () => {
  expect(recorded('064')).toEqual({
    type: 'IpAddressAlreadyAllocated',
    reason: 'IP address 10.11.0.50 already allocated in subnet 6fd6997b-023a-4779-93e4-3c56836d96f2',
    isFromService: true,
  });
});

test('NeutronError with a detail', () => {
  const text = '{"NeutronError": {"type": "X", "message": "what", "detail": "why"}}';
  expect(parseErrorBody(text)).toEqual({ type: 'X', reason: 'what', detail: 'why', isFromService: true });
});

test('an error of Keystone', () => {
  const reason = 'The request you have made requires authentication.';
  expect(recorded('008', 'identity')).toEqual({ type: '', reason, isFromService: true });
  expect(recorded('026')).toEqual({ type: '', reason, isFromService: true });
});

test('an error of webob, whose message contains HTML', () => {
  expect(recorded('405').reason).toBe(
    'The server is currently unavailable. Please try again at a later time. The Keystone service is temporarily unavailable.',
  );
});

test('no body', () => {
  expect(parseErrorBody('')).toEqual({ type: '', reason: 'no reason given', isFromService: false });
});

test('a proxy’s page', () => {
  const page =
    '<html><head><title>503</title></head><body><h1>503 Service Unavailable</h1>\nNo server.</body></html>';
  expect(parseErrorBody(page)).toEqual({
    type: '',
    reason: '503 Service Unavailable No server.',
    isFromService: false,
  });
});

test('a long schema in an error of Keystone is cut', () => {
  expect(recorded('009', 'identity').reason).toMatch(/^'identity' is a required property/);
  expect(recorded('009', 'identity').reason.length).toBeLessThanOrEqual(301);
});

test.each(['null', '[]', '"text"', '7', '{}'])('%s has no type', (text) => {
  expect(parseErrorBody(text).type).toBe('');
});

describe('a hostile page', () => {
  /** A million characters each: a quadratic search in them would take hours. */
  const pages = ['<', '<style>', '<style', '</style', '<title></', '<!--', ' ', '\n<', '<a <b ', '&lt;'].map(
    (part) => part.repeat(1_000_000 / part.length),
  );

  test.each(pages)('is read in linear time (%#)', (page) => {
    expect(parseErrorBody(page).reason.length).toBeLessThanOrEqual(301);
    const body = JSON.stringify({ message: page.slice(0, 500_000) });
    expect(parseErrorBody(body).reason.length).toBeLessThanOrEqual(301);
  });

  test('is read only at its beginning', () => {
    expect(parseErrorBody(`${'<br>'.repeat(5000)}late`).reason).toBe('no reason given');
  });

  test('makes no long message, whatever member of the JSON is long', () => {
    const long = 'x'.repeat(100_000);
    const { type, reason, detail } = parseErrorBody(
      JSON.stringify({ NeutronError: { type: long, message: long, detail: long } }),
    );
    expect([type.length, reason.length, detail?.length]).toEqual([101, 2001, 2001]);
    expect(parseErrorBody(JSON.stringify({ title: long })).reason).toHaveLength(2001);
  });

  test('does not show a part of a secret at its cut', () => {
    const page = `${'x'.repeat(295)}hunter22hunter22`;
    expect(parseErrorBody(page, ['hunter22hunter22']).reason).not.toContain('hunt');
  });
});

test('the text between hidden elements and around a lone < is shown', () => {
  const page = 'a <STYLE x>b</style>c<title>d</title > 1 < 2 <p>e';
  expect(parseErrorBody(page).reason).toBe('a c d 1 e');
});
