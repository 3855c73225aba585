import type { Program, ProgramContext } from '@kube-bonsai/kubelet-model'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Cluster, SimulatedRegistry } from '../src/index.ts'

const manifest = `
apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
  containers:
    - name: a
      image: app
      volumeMounts: [{ name: model, mountPath: /model, subPath: weights }]
    - name: other
      image: app2
  volumes:
    - name: model
      image: { reference: 'r.example/model:v1' }
`

describe('Image volumes (KEP-4639)', () => {
  it('C1, C3: a pod waits for an image that it mounts, reads it once it is there, and so does a fork', async () => {
    const contexts: ProgramContext[] = []
    const app: Program = {
      run: async (context) => {
        contexts.push(context)
        await context.terminated
        return 0
      },
    }
    const registry = new SimulatedRegistry()
    registry.withdraw('r.example/model:v1')
    const cluster = await Cluster.create({ nodes: 1, registry, programs: { app } })
    onTestFinished(() => cluster.close())
    await cluster.apply(manifest)
    await cluster.settle()
    const status = async () => (await cluster.client.pods('default').get('p')).status?.containerStatuses
    expect((await status())?.map(({ state }) => state?.waiting?.reason ?? 'Running')).toEqual([
      expect.stringMatching(/^(ErrImagePull|ImagePullBackOff)$/),
      'Running',
    ])
    registry.publish('r.example/model:v1', { files: { '/weights/one': '1.5' } })
    await cluster.advance('10m')
    expect((await status())?.every(({ ready }) => ready)).toBe(true)
    expect(contexts.at(-1)?.files.read('/model/one')).toBe('1.5')
    expect(() => contexts.at(-1)?.files.write('/model/one', '2')).toThrow('Read-only file system')

    const fork = await cluster.fork()
    onTestFinished(() => fork.close())
    await fork.settle()
    expect(contexts).toHaveLength(2)
    expect(contexts.at(-1)?.files.read('/model/one')).toBe('1.5')
  })
})
