import type { User } from '../../context.ts'
import { type AccountName, accountGroups, accountUserName } from './names.ts'

/** What tokens tell of the one who bears them, by the keys of a user's extra. */
export const extraKeys = {
  podName: 'authentication.kubernetes.io/pod-name',
  podUid: 'authentication.kubernetes.io/pod-uid',
  nodeName: 'authentication.kubernetes.io/node-name',
  nodeUid: 'authentication.kubernetes.io/node-uid',
  credentialId: 'authentication.kubernetes.io/credential-id',
} as const

/** What a token says of an object. */
export interface ObjectReference {
  readonly name: string
  readonly uid: string
}

/** What a token says of its bearer. */
export interface Bearer extends AccountName {
  readonly uid: string
  readonly pod?: ObjectReference | undefined
  readonly node?: ObjectReference | undefined
  /** The identifier of the token itself. */
  readonly id?: string | undefined
}

/** The user that a bearer is. */
export function userOf(bearer: Bearer): User {
  const { pod, node, id } = bearer
  const extra = {
    ...(pod?.name && pod.uid && { [extraKeys.podName]: [pod.name], [extraKeys.podUid]: [pod.uid] }),
    ...(id && { [extraKeys.credentialId]: [`JTI=${id}`] }),
    ...(node?.name && { [extraKeys.nodeName]: [node.name], ...(node.uid && { [extraKeys.nodeUid]: [node.uid] }) }),
  }
  return {
    name: accountUserName(bearer),
    ...(bearer.uid !== '' && { uid: bearer.uid }),
    groups: accountGroups(bearer.namespace),
    ...(Object.keys(extra).length > 0 && { extra }),
  }
}
