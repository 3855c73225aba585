import {
  dnsSubdomainMaxLength,
  type FieldError,
  type FieldPath,
  invalid,
  isDNS1123Label,
  isDNS1123Subdomain,
  nameIsDNSSubdomain,
  quote,
  required,
  tooLong,
} from '@kube-bonsai/apimachinery'

/** A domain, a slash, and a path of a label and a subdomain with a dot between them. */
const signerNameMaxLength = 571

/**
 * Checks the name of a signer of certificates: `example.com/signer`.
 *
 * @see pkg/apis/core/validation/names.go ValidateSignerName
 */
export function signerNameErrors(name: string, path: FieldPath): readonly FieldError[] {
  if (name === '') return [required(path)]
  const [domain, rest, ...more] = name.split('/')
  if (domain === undefined || rest === undefined || more.length > 0) {
    const detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
    return [invalid(path, name, detail)]
  }
  const labels = domain.split('.')
  return [
    ...(domain.length > dnsSubdomainMaxLength ? [tooLong(path, dnsSubdomainMaxLength)] : []),
    ...firstBadLabel(labels, isDNS1123Label, domain, path),
    ...(labels.length < 2
      ? [invalid(path, domain, 'should be a domain with at least two segments separated by dots')]
      : []),
    ...firstBadLabel(rest.split('.'), isDNS1123Subdomain, rest, path),
    ...(name.length > signerNameMaxLength ? [tooLong(path, signerNameMaxLength)] : []),
  ]
}

function firstBadLabel(
  labels: readonly string[],
  check: (label: string) => readonly string[],
  value: string,
  path: FieldPath,
): readonly FieldError[] {
  for (const label of labels) {
    const messages = check(label)
    if (messages.length > 0) {
      return messages.map((message) => invalid(path, value, `validating label ${quote(label)}: ${message}`))
    }
  }
  return []
}

/** Whether a signer belongs to Kubernetes. */
export function isKubernetesSigner(name: string): boolean {
  const [host = ''] = name.split('/')
  return host === 'kubernetes.io' || host.endsWith('.kubernetes.io')
}

/** The signer that the name of a bundle of its trust names; empty for a bundle without signer. */
export function signerOfBundle(name: string): string {
  const cut = name.lastIndexOf(':')
  return cut < 0 ? '' : name.slice(0, cut).replaceAll(':', '/')
}

/** How a ClusterTrustBundle of a signer must be named; the empty signer stands for none. */
export function trustBundleNameMessages(name: string, signer: string, prefix: boolean): readonly string[] {
  if (signer === '') {
    if (name.includes(':')) return ['ClusterTrustBundle without signer name must not have ":" in its name']
    return nameIsDNSSubdomain(name, prefix)
  }
  const start = `${signer.replaceAll('/', ':')}:`
  if (!name.startsWith(start)) {
    return [`ClusterTrustBundle for signerName ${signer} must be named with prefix ${start}`]
  }
  return nameIsDNSSubdomain(name.slice(start.length), prefix)
}
