import type { Pod } from '@kube-bonsai/api-types/core/v1'
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
  // A kubelet: binds each pod, lets it run and ends those of the job.
  const run = async (pod: Pod): Promise<void> => {
    const { name = '', namespace = '' } = pod.metadata
    const own = client.pods(namespace)
    if ((pod.spec?.nodeName ?? '') === '') {
      const target = { apiVersion: 'v1', kind: 'Node', name: 'n' }
      const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target }
      await own.createSubresource(name, 'binding', body)
    }
    const phase = name.startsWith('once') ? 'Succeeded' : 'Running'
    const conditions = [{ type: 'Ready', status: phase === 'Running' ? 'True' : 'False' }]
    await own.updateStatus({ ...(await own.get(name)), status: { phase, conditions } })
  }
  informers.informer('v1/pods').handle({
    onAdd: (pod) =>
      void clock.schedule(clock.now() + 500, () => void run(pod).catch((error) => onError('kubelet', '', error))),
    onUpdate: ({ metadata: { name = '', namespace = '', deletionTimestamp } }) => {
      if (deletionTimestamp === undefined) return
      const gone = () =>
        client
          .pods(namespace)
          .delete(name, { gracePeriodSeconds: 0 })
          .catch(() => {})
      clock.schedule(clock.now() + 2000, () => void gone())
    },
  })
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
  const set = {
    metadata: { name: 'db' },
    spec: { ...workload('db'), serviceName: 'db', replicas: 2, volumeClaimTemplates },
  }
  await at('apps', 'statefulsets').create({ apiVersion: 'apps/v1', kind: 'StatefulSet', ...set })
  const daemons = { metadata: { name: 'agent' }, spec: workload('agent') }
  await at('apps', 'daemonsets').create({ apiVersion: 'apps/v1', kind: 'DaemonSet', ...daemons })
  const task = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] }
  const job = { metadata: { name: 'once' }, spec: { template: { spec: task } } }
  await at('batch', 'jobs').create({ apiVersion: 'batch/v1', kind: 'Job', ...job })
  await clock.advance(5000)

  const apps = async () => (await names('', 'pods')).map((name) => name.replace(/-.*/, ''))
  expect(await apps()).toEqual(['db', 'db', 'once', 'web', 'web', 'web'])
  // Admission taints a new node as not ready; the daemon comes once the node reports and the taint is gone.
  await client.nodes().updateStatus({ ...node, status: { conditions: [{ type: 'Ready', status: 'True' }] } })
  await clock.advance(5000)
  expect(await apps()).toEqual(['agent', 'db', 'db', 'once', 'web', 'web', 'web'])
  expect(await at('apps', 'deployments').get('web')).toHaveProperty('status.readyReplicas', 3)
  expect(await at('apps', 'statefulsets').get('db')).toHaveProperty('status.readyReplicas', 2)
  expect(await at('apps', 'daemonsets').get('agent')).toHaveProperty('status.numberReady', 1)
  expect(await at('batch', 'jobs').get('once')).toHaveProperty('status.succeeded', 1)
  const [claim] = (await at('', 'persistentvolumeclaims').list()).items
  expect(claim).toMatchObject({ metadata: { name: 'd-db-0' }, spec: { storageClassName: 's' } })
  expect(claim).toHaveProperty('status.phase', 'Bound')

  await at('', 'namespaces', '').delete('t')
  await clock.advance(120_000)
  expect(await names('', 'namespaces', '')).not.toContain('t')
  expect(await names('', 'persistentvolumes', '')).toEqual([])
  expect(errors.filter((error) => !error.includes('Conflict') && !error.includes('has been modified'))).toEqual([])
})
