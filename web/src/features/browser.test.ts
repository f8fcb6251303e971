import { expect, it } from 'vitest';
import { browserOf, systemOf } from './browser';

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';

it.each([
  [`${MAC} Version/18.1 Safari/605.1.15`, 0, 'safari', 'mac'],
  [`${MAC} Version/18.1 Safari/605.1.15`, 5, 'safari', 'ios'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1',
    5,
    'safari',
    'ios',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
    0,
    'chromium',
    'windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
    5,
    'chromium',
    'android',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 0, 'firefox', 'other'],
  ['', 0, 'other', 'other'],
])('%s with %d touch points is %s on %s', (userAgent, touchPoints, browser, system) => {
  expect([browserOf(userAgent), systemOf(userAgent, touchPoints)]).toEqual([browser, system]);
});
