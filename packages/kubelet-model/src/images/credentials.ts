import type { Pod, Secret } from '@kube-bonsai/api-types/core/v1'
import type { PullSecret } from './pull-record.ts'
import type { RegistryLogin } from './registry.ts'

/** A login, and the secret that it comes from. */
export interface PullCredential {
  readonly login: RegistryLogin
  readonly secret: PullSecret
}

/**
 * The credentials of a pod's pull secrets that fit a repository, the closest first. Secrets that are not there, or hold nothing that
 * can be read, are passed over.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring.go
 */
export function pullCredentials(
  pod: Pod,
  repository: string,
  secretOf: (namespace: string, name: string) => Secret | undefined,
): readonly PullCredential[] {
  const namespace = pod.metadata.namespace ?? ''
  const found = (pod.spec?.imagePullSecrets ?? []).flatMap(({ name = '' }) => {
    const secret = secretOf(namespace, name)
    if (secret === undefined) return []
    return loginsIn(secret)
      .filter(({ registry }) => fits(registry, repository))
      .map(({ registry, login }) => {
        const credentialHash = fingerprint(`${login.username}\n${login.password}`)
        const source = { uid: secret.metadata.uid ?? '', namespace, name, credentialHash }
        return { registry, login, secret: source }
      })
  })
  return found.sort((left, right) => right.registry.length - left.registry.length)
}

interface RegistryEntry {
  /** Without scheme. */
  readonly registry: string
  readonly login: RegistryLogin
}

function loginsIn({ type, data = {} }: Secret): readonly RegistryEntry[] {
  const config = type === 'kubernetes.io/dockerconfigjson' ? data['.dockerconfigjson'] : data['.dockercfg']
  if (config === undefined) return []
  let read: unknown
  try {
    read = JSON.parse(text(config))
  } catch {
    return []
  }
  const entries = type === 'kubernetes.io/dockerconfigjson' ? field(read, 'auths') : read
  if (typeof entries !== 'object' || entries === null) return []
  return Object.entries(entries).flatMap(([url, entry]: [string, unknown]) => {
    const [username, password] = loginOf(entry)
    if (username === undefined || password === undefined) return []
    const registry = url.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '')
    return [{ registry, login: { username, password } }]
  })
}

function loginOf(entry: unknown): readonly [string | undefined, string | undefined] {
  const auth = field(entry, 'auth')
  if (typeof auth === 'string' && auth !== '') {
    const [username = '', ...rest] = text(auth).split(':')
    return [username, rest.join(':')]
  }
  const [username, password] = [field(entry, 'username'), field(entry, 'password')]
  return [typeof username === 'string' ? username : undefined, typeof password === 'string' ? password : undefined]
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined

function text(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
  } catch {
    return ''
  }
}

/** True when a registry, with or without the beginning of a path, holds a repository; `*` stands for a part of the host's name. */
function fits(registry: string, repository: string): boolean {
  const [host = '', ...path] = registry.split('/')
  const [wanted = '', ...rest] = repository.includes('/') ? repository.split('/') : ['docker.io', repository]
  const pattern = host.split('.').map((part) => part.replace(/[^\w*-]/g, '\\$&').replaceAll('*', '[^.]*'))
  if (!new RegExp(`^${pattern.join('\\.')}$`).test(wanted)) return false
  return rest.join('/').startsWith(path.join('/'))
}

/** Tells credentials apart without keeping them. It is no secret-keeping hash: nothing here leaves the simulation. */
function fingerprint(value: string): string {
  let digest = ''
  for (let round = 0; round < 4; round++) {
    let hash = 0x811c9dc5 ^ round
    for (let index = 0; index < value.length; index++) hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193)
    digest += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return digest
}
