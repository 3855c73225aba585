import type { Pod, PodSpec } from '@kube-bonsai/api-types/core/v1'
import { expect, test } from 'vitest'
import { podEtc, visibleHostname } from '../src/pod/pod-etc.ts'
import { boundPod, fakeNode } from './fake-node.ts'

const sources = { podIP: '10.244.0.5', nodeName: 'node-1', configuration: {} }
const pod = (spec: Partial<PodSpec> = {}, name = 'web'): Pod => boundPod(name, spec)

test('containers have the name of their pod, and find it in /etc', async () => {
  const node = fakeNode()
  node.set(pod())
  await node.clock.advance(5000)
  const files = node.runtime.files(node.runtime.list('uid-web')[0]!.id)
  expect(files.read('/etc/hostname')).toBe('web\n')
  expect(files.read('/etc/hosts').split('\n')).toContain(`${node.get('web')!.status!.podIP}\tweb`)
  expect(files.read('/etc/resolv.conf')).toBe(
    'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
  )
})

test.each([
  [{ hostname: 'db', subdomain: 'all' }, 'db', '10.244.0.5\tdb.all.default.svc.cluster.local\tdb'],
  [{ hostname: 'db', subdomain: 'all', setHostnameAsFQDN: true }, 'db.all.default.svc.cluster.local', '\tdb'],
  [{ hostnameOverride: 'x.example' }, 'x.example', '10.244.0.5\tx.example'],
  [{ hostNetwork: true }, 'node-1', '# Kubernetes-managed hosts file (host network).'],
  [{ hostAliases: [{ ip: '1.2.3.4', hostnames: ['a.local', 'b.local'] }] }, 'web', '1.2.3.4\ta.local\tb.local'],
])('%j is what processes see', (spec, hostname, line) => {
  expect(visibleHostname(pod(spec), sources)).toBe(hostname)
  expect(podEtc(pod(spec), sources)['/etc/hosts']).toContain(line)
})

test('names that are too long are cut, and do not end in a dash', () => {
  expect(visibleHostname(pod({}, `${'a'.repeat(61)}-.b`), sources)).toBe('a'.repeat(61))
})

test.each([
  [{ dnsPolicy: 'None', dnsConfig: { nameservers: ['9.9.9.9'] } }, 'nameserver 9.9.9.9\n'],
  [{ dnsPolicy: 'Default' }, 'nameserver 127.0.0.53\n'],
  [
    { dnsConfig: { searches: ['example.com'], options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] } },
    'search default.svc.cluster.local svc.cluster.local cluster.local example.com\nnameserver 10.96.0.10\noptions ndots:2 edns0\n',
  ],
])('%j makes resolv.conf', (spec, text) => {
  expect(podEtc(pod(spec), sources)['/etc/resolv.conf']).toBe(text)
})
