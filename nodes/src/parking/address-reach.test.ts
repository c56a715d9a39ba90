import { describe, expect, it } from 'vitest';
import { addressReach } from './address-reach.ts';

describe('who can call an address', () => {
  it.each([
    ['http://localhost:5678/', 'machine'],
    ['http://n8n.localhost/', 'machine'],
    ['http://127.0.0.1:5678/', 'machine'],
    ['http://2130706433/', 'machine'],
    ['http://0.0.0.0/', 'machine'],
    ['http://[::1]:5678/', 'machine'],
    ['http://[::ffff:127.0.0.1]/', 'machine'],
    ['http://10.1.2.3/', 'network'],
    ['http://172.16.0.1/', 'network'],
    ['http://192.168.1.20/', 'network'],
    ['http://169.254.1.1/', 'network'],
    ['http://100.64.0.1/', 'network'],
    ['http://[fd00::1]/', 'network'],
    ['http://[fe80::1]/', 'network'],
    ['http://[::ffff:10.0.0.1]/', 'network'],
    ['http://n8n/', 'network'],
    ['http://n8n.local/', 'network'],
    ['http://n8n.corp.internal./', 'network'],
    ['https://n8n.example.com/', 'public'],
    ['https://172.32.0.1/', 'public'],
    ['https://100.128.0.1/', 'public'],
    ['https://8.8.8.8/', 'public'],
    ['https://[2606:4700::1111]/', 'public'],
    ['https://mylocal.example/', 'public'],
  ])('of %s is the %s', (url, reach) => {
    expect(addressReach(new URL(url))).toBe(reach);
  });
});
