import type { Container, Pod, ServiceAccount } from '@kube-bonsai/api-types/core/v1'

type SecretUser = Pick<Container, 'name' | 'env' | 'envFrom'>

/** What a pod names that its account does not let it have: an error text, or nothing. */
export function forbiddenSecret({ spec }: Pod, account: ServiceAccount): string | undefined {
  const { name = '' } = account.metadata
  const mountable = mountableBy(account)
  const refused = `is not allowed because service account ${name} does not reference that secret`
  for (const { secret } of spec?.volumes ?? [])
    if (secret && !mountable.has(secret.secretName ?? ''))
      return `volume with secret.secretName="${secret.secretName ?? ''}" ${refused}`
  const problem =
    containerProblem('init container', spec?.initContainers ?? [], mountable, refused) ??
    containerProblem('container', spec?.containers ?? [], mountable, refused)
  if (problem !== undefined) return problem
  const pulling = new Set((account.imagePullSecrets ?? []).map((reference) => reference.name))
  const index = (spec?.imagePullSecrets ?? []).findIndex((reference) => !pulling.has(reference.name))
  if (index < 0) return undefined
  const pull = spec?.imagePullSecrets?.[index]?.name ?? ''
  return `imagePullSecrets[${index}].name="${pull}" is not allowed because service account ${name} does not reference that imagePullSecret`
}

/** The same for ephemeral containers. */
export function forbiddenEphemeralSecret({ spec }: Pod, account: ServiceAccount): string | undefined {
  const refused = `is not allowed because service account ${account.metadata.name ?? ''} does not reference that secret`
  return containerProblem('ephemeral container', spec?.ephemeralContainers ?? [], mountableBy(account), refused)
}

/** Whether a pod names any secret. @see pkg/api/pod/util.go VisitPodSecretNames */
export function namesSecrets({ spec }: Pod): boolean {
  const {
    containers = [],
    initContainers = [],
    ephemeralContainers = [],
    imagePullSecrets = [],
    volumes = [],
  } = spec ?? {}
  const users: readonly SecretUser[] = [...initContainers, ...containers, ...(ephemeralContainers as SecretUser[])]
  if (imagePullSecrets.length > 0) return true
  if (
    users.some(
      ({ env = [], envFrom = [] }) =>
        env.some((one) => one.valueFrom?.secretKeyRef) || envFrom.some((one) => one.secretRef),
    )
  )
    return true
  return volumes.some(
    ({ secret, projected, azureFile, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos, csi }) =>
      secret !== undefined ||
      azureFile !== undefined ||
      csi?.nodePublishSecretRef !== undefined ||
      [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].some((source) => source?.secretRef) ||
      (projected?.sources ?? []).some((source) => source.secret),
  )
}

function mountableBy({ secrets = [] }: ServiceAccount): ReadonlySet<string> {
  return new Set(secrets.map(({ name = '' }) => name))
}

function containerProblem(
  what: string,
  containers: readonly SecretUser[],
  mountable: ReadonlySet<string>,
  refused: string,
): string | undefined {
  for (const { name, env = [], envFrom = [] } of containers) {
    for (const { name: variable, valueFrom } of env) {
      const secret = valueFrom?.secretKeyRef
      if (secret && !mountable.has(secret.name ?? ''))
        return `${what} ${name} with envVar ${variable} referencing secret.secretName="${secret.name ?? ''}" ${refused}`
    }
    for (const { secretRef } of envFrom)
      if (secretRef && !mountable.has(secretRef.name ?? ''))
        return `${what} ${name} with envFrom referencing secret.secretName="${secretRef.name ?? ''}" ${refused}`
  }
  return undefined
}
