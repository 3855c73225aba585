import type { KubeObject } from '@kube-bonsai/apimachinery'
import type { Program } from '@kube-bonsai/kubelet-model'
import { Cluster } from 'kube-bonsai'
import { afterEach, expect, it } from 'vitest'

let cluster: Cluster | undefined
afterEach(() => cluster?.close())

/** Counts its starts in a file, and says the count. */
const counter: Program = {
  async run(context) {
    const path = '/data/count'
    const count = (context.files.exists(path) ? Number(context.files.read(path)) : 0) + 1
    context.files.write(path, String(count))
    context.log(`start ${count}`)
    await context.terminated
    return 0
  },
}

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'fast' },
  provisioner: 'example.com/disks',
}
const database = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: {
    replicas,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: {
      metadata: { labels: { app: 'db' } },
      spec: { containers: [{ name: 'c', image: 'counter', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: {
          storageClassName: 'fast',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ],
  },
})

const logOf = async (from: Cluster, name: string) => {
  const answer = await from.fetch(new Request(`https://c/api/v1/namespaces/default/pods/${name}/log`))
  return answer.text()
}

it('a StatefulSet finds its data again, on whatever node, and each pod its own', async () => {
  cluster = await Cluster.create({ nodes: 3, programs: { counter } })
  await cluster.apply([storageClass, database(2)] as unknown as KubeObject[])
  await cluster.settle()
  expect(await logOf(cluster, 'db-0')).toBe('start 1\n')
  const before = await cluster.client.pods('default').get('db-0')
  await cluster.client.nodes().patch(before.spec?.nodeName ?? '', 'merge', { spec: { unschedulable: true } })
  await cluster.client.pods('default').delete('db-0')
  await cluster.settle()
  const after = await cluster.client.pods('default').get('db-0')
  expect(after.spec?.nodeName).not.toBe(before.spec?.nodeName)
  expect(await logOf(cluster, 'db-0')).toBe('start 2\n')
  expect(await logOf(cluster, 'db-1')).toBe('start 1\n')
})

it('a fork has copies of the data', async () => {
  cluster = await Cluster.create({ nodes: 1, programs: { counter } })
  await cluster.apply([storageClass, database(1)] as unknown as KubeObject[])
  await cluster.settle()
  const restart = async (one: Cluster) => {
    await one.client.pods('default').delete('db-0')
    await one.settle()
    return logOf(one, 'db-0')
  }
  const fork = await cluster.fork()
  await fork.settle()
  // Programs begin anew in a fork.
  expect(await logOf(fork, 'db-0')).toBe('start 2\n')
  expect(await restart(fork)).toBe('start 3\n')
  expect(await restart(cluster)).toBe('start 2\n')
  fork.close()
})

it('data goes with a claim whose volume is to be deleted', async () => {
  cluster = await Cluster.create({ nodes: 1, programs: { counter } })
  await cluster.apply([storageClass, database(1)] as unknown as KubeObject[])
  await cluster.settle()
  const sets = cluster.client.resource('apps/v1/statefulsets').namespace('default')
  await sets.delete('db')
  await cluster.settle()
  await cluster.client.resource('v1/persistentvolumeclaims').namespace('default').delete('data-db-0')
  await cluster.settle()
  expect((await cluster.client.resource('v1/persistentvolumes').list()).items).toEqual([])
  await cluster.apply([database(1)] as unknown as KubeObject[])
  await cluster.settle()
  expect(await logOf(cluster, 'db-0')).toBe('start 1\n')
})
