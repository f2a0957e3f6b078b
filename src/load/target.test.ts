import { describe, expect, it } from 'vitest';
import { isUrl, parseTarget } from './target.ts';

describe('parseTarget', () => {
  it.each([
    ['http://127.0.0.1:8080', '127.0.0.1', 8080],
    ['http://127.9.9.9/a?b=c', '127.9.9.9', 80],
    ['https://localhost', 'localhost', 443],
    ['http://[::1]:81', '::1', 81],
    ['http://2130706433:82', '127.0.0.1', 82],
    ['http://0x7f.1', '127.0.0.1', 80],
  ])('parseTarget lets %s through: it is loopback', (text, host, port) => {
    expect(parseTarget(text, [])).toMatchObject({ host, port, isLoopback: true });
  });

  it.each([
    'http://example.com',
    'http://127.0.0.1.evil.com',
    'http://localhost.evil.com',
    'http://localhost.',
    'http://foo.localhost',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::2]',
    'http://[2001:db8::1]',
    'http://[::ffff:8.8.8.8]',
    'http://134744072',
    'http://0x08080808',
    'http://010.8.8.8',
    'http://128.0.0.1',
    'http://127.0.0.1\u3002evil.com',
    'http://evil.com#@127.0.0.1',
    'http://evil.com?@127.0.0.1',
    'http://evil.com\\@127.0.0.1',
    'https://10.0.0.1',
    'http://169.254.169.254/latest',
  ])('parseTarget refuses %s', (text) => {
    expect(() => parseTarget(text, [])).toThrow(/its host must be loopback, current value is /);
    expect(() => parseTarget(text, ['127.0.0.1', 'localhost', 'com', '*', ''])).toThrow(/must be loopback/);
  });

  it('parseTarget lets a named host through, and only that very host', () => {
    expect(parseTarget('http://Staging.Example.com:99/x', ['staging.example.COM'])).toMatchObject({
      host: 'staging.example.com',
      port: 99,
      isLoopback: false,
    });
    expect(parseTarget('http://[2001:db8::1]', ['2001:db8:0::1'])).toMatchObject({ host: '2001:db8::1' });
    for (const named of [
      'example.com',
      'x.staging.example.com',
      'staging.example.com/x',
      'a@staging.example.com',
      'http://staging.example.com',
      'staging.example.com:99',
    ])
      expect(() => parseTarget('http://staging.example.com:99', [named])).toThrow(/must be loopback/);
  });

  it('parseTarget refuses user names and passwords, and does not repeat them', () => {
    for (const text of ['http://127.0.0.1@evil.com', 'http://user:hunter2@127.0.0.1/', 'http://a@b@127.0.0.1'])
      expect(() => parseTarget(text, ['evil.com'])).toThrow(/must not hold a user name/);
    expect(() => parseTarget('http://user:hunter2@127.0.0.1/', [])).not.toThrow(/hunter2/);
    expect(() => parseTarget('gopher://user:hunter2@127.0.0.1/', [])).not.toThrow(/hunter2/);
  });

  it('parseTarget refuses other schemes and what is no URL', () => {
    for (const text of ['ftp://127.0.0.1', 'file:///etc/passwd', 'http://', 'http://[::1', 'nonsense'])
      expect(() => parseTarget(text, [])).toThrow(/must be an http or https URL/);
  });
});

describe('isUrl', () => {
  it('isUrl tells URLs from names and files', () => {
    expect(['http://x', 'HTTPS://x', 'ftp://x'].map(isUrl)).toEqual([true, true, true]);
    expect(['documented-platform', './my.json', '127.0.0.1:80'].map(isUrl)).toEqual([false, false, false]);
  });
});
