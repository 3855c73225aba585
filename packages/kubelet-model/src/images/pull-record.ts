/** A secret that has pulled an image. */
export interface PullSecret {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly credentialHash: string
}

/** A service account whose token has pulled an image. */
export interface PullServiceAccount {
  readonly uid: string
  readonly namespace: string
  readonly name: string
}

/** Who may use an image of one repository; `nodePodsAccessible` is everybody. */
export interface PullAccess {
  readonly nodePodsAccessible?: boolean
  readonly kubernetesSecrets?: readonly PullSecret[]
  readonly kubernetesServiceAccounts?: readonly PullServiceAccount[]
}

/** What a node remembers of an image that it has pulled. */
export interface PulledRecord {
  /** RFC 3339. */
  readonly lastUpdatedTime: string
  readonly imageRef: string
  /** By repository, without tag and digest. */
  readonly credentialMapping: Readonly<Record<string, PullAccess>>
}

/** A record with more access, or the same one where nothing is new. Undefined access marks an image pulled by nobody knows whom. */
export function withAccess(
  record: PulledRecord | undefined,
  { imageRef, repository, access, now }: RecordChange,
): PulledRecord {
  if (record === undefined) {
    const mapping = access === undefined ? {} : { [repository]: access }
    return { lastUpdatedTime: now, imageRef, credentialMapping: mapping }
  }
  if (access === undefined || isEmpty(access)) return record
  const known = Object.hasOwn(record.credentialMapping, repository) ? record.credentialMapping[repository] : undefined
  const merged = known === undefined ? access : mergedAccess(known, access)
  if (merged === known) return record
  return { ...record, lastUpdatedTime: now, credentialMapping: { ...record.credentialMapping, [repository]: merged } }
}

/** A pull that succeeded. */
export interface RecordChange {
  readonly imageRef: string
  readonly repository: string
  readonly access: PullAccess | undefined
  /** RFC 3339. */
  readonly now: string
}

const isEmpty = ({ nodePodsAccessible, kubernetesSecrets = [], kubernetesServiceAccounts = [] }: PullAccess): boolean =>
  nodePodsAccessible !== true && kubernetesSecrets.length + kubernetesServiceAccounts.length === 0

function mergedAccess(known: PullAccess, added: PullAccess): PullAccess {
  if (known.nodePodsAccessible === true) return known
  if (added.nodePodsAccessible === true) return { nodePodsAccessible: true }
  const { kubernetesSecrets: secrets = [], kubernetesServiceAccounts: accounts = [] } = known
  const newSecrets = (added.kubernetesSecrets ?? []).filter(
    (one) => !secrets.some((other) => sameSource(one, other) && one.credentialHash === other.credentialHash),
  )
  const newAccounts = (added.kubernetesServiceAccounts ?? []).filter(
    (one) => !accounts.some((other) => sameSource(one, other)),
  )
  if (newSecrets.length + newAccounts.length === 0) return known
  const kept = secrets.filter((one) => !newSecrets.some((other) => sameSource(one, other)))
  return {
    ...known,
    ...(newSecrets.length > 0 && { kubernetesSecrets: [...kept, ...newSecrets].sort(bySource) }),
    ...(newAccounts.length > 0 && { kubernetesServiceAccounts: [...accounts, ...newAccounts].sort(bySource) }),
  }
}

/** True for the same object: namespace, name and uid. */
export const sameSource = (left: PullServiceAccount, right: PullServiceAccount): boolean =>
  left.uid === right.uid && left.namespace === right.namespace && left.name === right.name

const bySource = (left: PullServiceAccount, right: PullServiceAccount): number => {
  const key = ({ namespace, name, uid }: PullServiceAccount) => `${namespace}\n${name}\n${uid}`
  return key(left) < key(right) ? -1 : 1
}
