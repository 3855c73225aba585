import type { Secret } from '@kube-bonsai/api-types/core/v1'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultConfiguration, loadConfiguration, SimulatedRegistry } from '../../src/index.ts'
import { boundPod, fakeNode } from '../fake-node.ts'

const repository = 'r.example/team/app'
const image = `${repository}:1`

function pullSecret(name: string, password: string, uid: string = `uid-${name}`): Secret {
  const auth = btoa(`robot:${password}`)
  const config = JSON.stringify({ auths: { 'https://r.example': { auth } } })
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'default', uid },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': btoa(config) },
  }
}

/** A node, and a registry that lets one password read the image. */
async function tenants(policy: string, accepted: readonly string[] = ['good']) {
  const logins = accepted.map((password) => ({ username: 'robot', password }))
  const registry = new SimulatedRegistry({ images: { [image]: {} }, access: { [repository]: logins } })
  const node = fakeNode({}, undefined, { registry })
  const configuration = defaultConfiguration({ imagePullCredentialsVerificationPolicy: policy })
  await node.restart(() => {}, { configuration })
  const start = async (name: string, secret: Secret | undefined, imagePullPolicy = 'IfNotPresent') => {
    if (secret) node.secrets.set(`default/${secret.metadata.name}`, secret)
    const imagePullSecrets = secret ? [{ name: secret.metadata.name ?? '' }] : []
    node.set(boundPod(name, { imagePullSecrets, containers: [{ name: 'app', image, imagePullPolicy }] }))
    await node.clock.advance(5000)
    return node.get(name)?.status?.containerStatuses?.[0]?.state
  }
  const restart = (during?: () => unknown) => node.restart(during, { configuration })
  const secretsOf = () =>
    node.kubelet.checkpoints
      .names()
      .filter((name) => name.includes('pulled/'))
      .flatMap(
        (name) =>
          JSON.parse(node.kubelet.checkpoints.read(name) ?? '{}').credentialMapping[repository].kubernetesSecrets,
      )
      .map(({ name }) => name)
  return { node, registry, start, restart, secretsOf }
}

describe('Kubelet credential verification for cached images (KEP-2535)', () => {
  test('C1: who has no credentials of his own is refused an image that another has pulled', async () => {
    const { node, registry, start, secretsOf } = await tenants('NeverVerifyPreloadedImages')
    expect((await start('a', pullSecret('sa', 'good')))?.running).toBeDefined()
    const calls = registry.calls
    const refused = await start('b', undefined)
    expect(refused?.waiting?.reason).toBe('ImagePullBackOff')
    expect(refused?.waiting?.message).toContain('pull access denied')
    expect(registry.calls).toBe(calls + 1)
    registry.restrict(
      repository,
      ['good', 'own'].map((password) => ({ username: 'robot', password })),
    )
    expect((await start('c', pullSecret('sc', 'own')))?.running).toBeDefined()
    expect(secretsOf()).toEqual(['sa', 'sc'])
    expect(node.errors).toEqual([])
  })

  test('C2: with the policy Never he does not even learn that it is there', async () => {
    const { node, start } = await tenants('NeverVerifyPreloadedImages')
    await start('a', pullSecret('sa', 'good'))
    expect((await start('b', undefined, 'Never'))?.waiting).toEqual({
      reason: 'ErrImageNeverPull',
      message: `Container image "${image}" is not present with pull policy of Never`,
    })
    node.runtime.removeImage(node.runtime.imageId(image) ?? '')
    node.set(boundPod('c', { containers: [{ name: 'app', image: 'other:1', imagePullPolicy: 'Never' }] }))
    await node.clock.advance(1000)
    expect(node.get('c')?.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(
      'Container image "other:1" is not present with pull policy of Never',
    )
  })

  test('C3: a secret that was rotated, or made again with the same content, needs no pull', async () => {
    const { registry, start, secretsOf } = await tenants('NeverVerifyPreloadedImages')
    await start('a', pullSecret('sa', 'good'))
    const calls = registry.calls
    expect((await start('b', pullSecret('sa', 'rotated')))?.running).toBeDefined()
    expect((await start('c', pullSecret('sa', 'rotated', 'another-uid')))?.running).toBeDefined()
    expect(registry.calls).toBe(calls)
    expect(secretsOf()).toEqual(['sa', 'sa'])
  })

  test('C4: preloaded images are for everybody, unless everything is verified', async () => {
    const open = await tenants('NeverVerifyPreloadedImages')
    open.node.runtime.preload(image)
    expect((await open.start('a', undefined))?.running).toBeDefined()
    const closed = await tenants('AlwaysVerify')
    closed.node.runtime.preload(image)
    expect((await closed.start('a', undefined))?.waiting?.reason).toBe('ImagePullBackOff')
    expect((await closed.start('b', pullSecret('sb', 'good')))?.running).toBeDefined()
    expect((await closed.start('c', pullSecret('sb', 'good')))?.running).toBeDefined()
    const check = 'imagemanager_image_mustpull_checks_total'
    expect(closed.node.kubelet.metrics.value(check, { result: 'credentialRecordFound' })).toBe(1)
  })

  test('C5: what a kubelet was pulling when it ended has to be authenticated', async () => {
    const { node, start, restart } = await tenants('NeverVerifyPreloadedImages')
    node.secrets.set('default/sa', pullSecret('sa', 'good'))
    node.set(boundPod('a', { imagePullSecrets: [{ name: 'sa' }], containers: [{ name: 'app', image }] }))
    await node.clock.advance(300)
    await restart(async () => {
      node.remove('a', 0)
      await node.clock.advance(10_000)
    })
    expect(node.runtime.imageId(image)).toBeDefined()
    expect((await start('b', undefined))?.running).toBeUndefined()
  })

  test('an allow list exempts images by their name or the beginning of it', async () => {
    const run = async (entry: string) => {
      const { node, start } = await tenants('AlwaysVerify')
      const configuration = defaultConfiguration({
        imagePullCredentialsVerificationPolicy: 'NeverVerifyAllowlistedImages',
        preloadedImagesVerificationAllowlist: [entry],
      })
      await node.restart(() => {}, { configuration })
      node.runtime.preload(image)
      return (await start('a', undefined))?.running !== undefined
    }
    expect(await run('r.example/team/*')).toBe(true)
    expect(await run('r.example/team/app')).toBe(false)
    expect(await run('r.example/other/*')).toBe(false)
  })

  test('BAD: entries of the allow list that stand for no images', () => {
    const load = (entry: string) =>
      loadConfiguration({
        files: new Map([
          [
            '/k.json',
            JSON.stringify({
              apiVersion: 'kubelet.config.k8s.io/v1beta1',
              kind: 'KubeletConfiguration',
              imagePullCredentialsVerificationPolicy: 'NeverVerifyAllowlistedImages',
              preloadedImagesVerificationAllowlist: [entry],
            }),
          ],
        ]),
        config: '/k.json',
      })
    for (const [entry, problem] of [
      ['r.example/a:v1', 'neither tag nor digest is accepted in an image reference: r.example/a:v1'],
      ['r.*/a', "not a valid wildcard pattern, only patterns ending with '/*' are allowed: r.*/a"],
      ['/*', 'at least registry hostname is required'],
      ['', 'the supplied pattern is too short: '],
      [' r.example/a', 'leading/trailing spaces are not allowed:  r.example/a'],
    ] as const)
      expect(() => load(entry)).toThrow(problem)
  })

  test('PROP: a pod runs only if the registry took its credentials, or equal ones, at some time on this node', async () => {
    const step = fc.record({
      tenant: fc.nat({ max: 2 }),
      password: fc.constantFrom('good', 'bad', 'old'),
      restart: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const { node, start, restart } = await tenants('AlwaysVerify')
        const acceptedPasswords = new Set<string>()
        const acceptedTenants = new Set<number>()
        for (const [index, { tenant, password, restart: again }] of steps.entries()) {
          if (again) await restart()
          const runs = (await start(`p${index}`, pullSecret(`s${tenant}`, password)))?.running !== undefined
          const mayRun = password === 'good' || acceptedPasswords.has(password) || acceptedTenants.has(tenant)
          if (runs) expect(mayRun).toBe(true)
          if (password === 'good') expect(runs).toBe(true)
          // One that is refused would try again with what later ones have made known.
          node.remove(`p${index}`, 0)
          if (runs) {
            acceptedPasswords.add(password)
            acceptedTenants.add(tenant)
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})
