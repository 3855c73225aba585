import { createApiServer } from '@kube-bonsai/apiserver'
import { createClient, createInformerFactory } from '@kube-bonsai/client'
import { createRandom, VirtualClock } from '@kube-bonsai/clock'
import { createControllers } from '@kube-bonsai/controllers'
import { createFeatureGates } from '@kube-bonsai/feature-gates'
import { expect, it } from 'vitest'

it('all controllers run workloads on the real API server, and a namespace ends with everything in it', async () => {
  const clock = new VirtualClock()
  const random = createRandom('test')
  const client = createClient(createApiServer({ clock, random }).transport)
  const informers = createInformerFactory(client, { clock, random })
  const gates = createFeatureGates({})
  const errors: string[] = []
  const onError = (name: string, key: string, error: unknown) => void errors.push(`${name} ${key} ${String(error)}`)
  const recorder = () => ({ event() {} })
  for (const controller of createControllers({ rootCa: 'ca' }).values()) {
    controller.start({ client, informers, clock, random, gates, recorder, onError })
  }
  informers.start()
  const at = (group: string, resource: string, namespace = 't') => {
    const found = client.dynamic({ group, version: 'v1', resource, namespaced: namespace !== '' })
    return namespace === '' ? found : found.namespace(namespace)
  }
  const names = async (group: string, resource: string, namespace?: string) =>
    (await at(group, resource, namespace).list()).items.map(({ metadata }) => metadata.name).sort()

  await clock.advance(1000)
  await at('', 'namespaces', '').create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't' } })
  const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' }
  const storageClass = { metadata: { name: 's', annotations: isDefault }, provisioner: 'x/y' }
  await at('storage.k8s.io', 'storageclasses', '').create({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    ...storageClass,
  })
  const node = await client.nodes().create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })
  await clock.advance(1000)

  const workload = (app: string) => ({
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  })
  const deployment = { metadata: { name: 'web' }, spec: { ...workload('web'), replicas: 3 } }
  await at('apps', 'deployments').create({ apiVersion: 'apps/v1', kind: 'Deployment', ...deployment })
  const volume = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
  const volumeClaimTemplates = [{ metadata: { name: 'd' }, spec: volume }]
  const set = { metadata: { name: 'db' }, spec: { ...workload('db'), serviceName: 'db', volumeClaimTemplates } }
  await at('apps', 'statefulsets').create({ apiVersion: 'apps/v1', kind: 'StatefulSet', ...set })
  const daemons = { metadata: { name: 'agent' }, spec: workload('agent') }
  await at('apps', 'daemonsets').create({ apiVersion: 'apps/v1', kind: 'DaemonSet', ...daemons })
  const task = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] }
  const job = { metadata: { name: 'once' }, spec: { template: { spec: task } } }
  await at('batch', 'jobs').create({ apiVersion: 'batch/v1', kind: 'Job', ...job })
  await clock.advance(5000)

  const apps = async () => (await names('', 'pods')).map((name) => name.replace(/-.*/, ''))
  expect(await apps()).toEqual(['db', 'once', 'web', 'web', 'web'])
  // Admission taints a new node as not ready; the daemon comes once the node reports and the taint is gone.
  await client.nodes().updateStatus({ ...node, status: { conditions: [{ type: 'Ready', status: 'True' }] } })
  await clock.advance(5000)
  expect(await apps()).toEqual(['agent', 'db', 'once', 'web', 'web', 'web'])
  const [claim] = (await at('', 'persistentvolumeclaims').list()).items
  expect(claim).toMatchObject({ metadata: { name: 'd-db-0' }, spec: { storageClassName: 's' } })
  expect(claim).toHaveProperty('status.phase', 'Bound')

  await at('', 'namespaces', '').delete('t')
  await clock.advance(120_000)
  expect(await names('', 'namespaces', '')).not.toContain('t')
  expect(await names('', 'persistentvolumes', '')).toEqual([])
  expect(errors.filter((error) => !error.includes('Conflict') && !error.includes('has been modified'))).toEqual([])
})
