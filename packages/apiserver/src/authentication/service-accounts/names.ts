import { isDNS1123Label, isDNS1123Subdomain } from '@kube-bonsai/apimachinery'

/** Which service account. */
export interface AccountName {
  readonly namespace: string
  readonly name: string
}

const prefix = 'system:serviceaccount:'

/** The user that a service account is. @see staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go */
export function accountUserName({ namespace, name }: AccountName): string {
  return `${prefix}${namespace}:${name}`
}

/** The service account that a user is; undefined for the others. */
export function accountOfUser(userName: string): AccountName | undefined {
  if (!userName.startsWith(prefix)) return undefined
  const [namespace = '', name = '', ...more] = userName.slice(prefix.length).split(':')
  if (more.length > 0 || isDNS1123Label(namespace).length > 0 || isDNS1123Subdomain(name).length > 0) return undefined
  return { namespace, name }
}

/** The groups that all service accounts of a namespace are in. */
export function accountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
}
