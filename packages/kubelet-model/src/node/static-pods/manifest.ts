import type { Pod, Toleration } from '@kube-bonsai/api-types/core/v1'
import { readDocuments } from '@kube-bonsai/kyaml'
import { apiReference } from './api-references.ts'
import { canonicalText, fnv128a } from './pod-hash.ts'

/** A manifest that is no static pod; the message is what the kubelet logs. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly file: string

  constructor(file: string, message: string) {
    super(message)
    this.file = file
  }
}

/** What the API's types and rules make of a manifest. */
export interface ManifestRules {
  /** Reads parsed YAML as a v1 Pod, with defaults. Throws an Error in the words of the decoder. */
  decode(value: unknown): Pod
  /** Everything that is wrong with a pod that is to be made. */
  validate(pod: Pod): readonly string[]
}

/** Takes whatever says that it is a pod: for those who know that their manifests are right. */
export const looseRules: ManifestRules = {
  decode: (value) => {
    if (!isPod(value)) throw new Error("Object 'Kind' is missing, or is no v1 Pod")
    return value
  },
  validate: () => [],
}

function isPod(value: unknown): value is Pod {
  if (typeof value !== 'object' || value === null) return false
  return 'kind' in value && value.kind === 'Pod' && 'metadata' in value && 'spec' in value
}

const largest = 10 * 2 ** 20

/**
 * The static pod that a file makes on a node: it gets the node's name behind its own, a uid that changes with whatever is in the
 * file, and tolerates that the node has problems. Throws a ManifestError.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/config/common.go tryDecodeSinglePod
 */
export function staticPodOf(file: string, text: string, nodeName: string, rules: ManifestRules): Pod {
  if (new TextEncoder().encode(text).length > largest) throw new ManifestError(file, 'read limit reached')
  const read = (): Pod => {
    const [document] = readDocuments(text, { file })
    const [error] = document?.errors ?? []
    if (error !== undefined) throw error
    return rules.decode(document?.value)
  }
  let pod: Pod
  try {
    pod = read()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ManifestError(file, `${file}: couldn't parse as pod(${why}), please check config file`)
  }
  if (!pod.metadata?.name) throw new ManifestError(file, 'invalid pod: name is needed for the pod')
  const placed = withDefaults(pod, file, nodeName)
  const errors = rules.validate(placed)
  if (errors.length > 0) throw new ManifestError(file, `invalid pod: [${errors.join(' ')}]`)
  const reference = apiReference(placed)
  if (reference !== undefined) throw new ManifestError(file, `static pods may not reference ${reference}`)
  return placed
}

function withDefaults(pod: Pod, file: string, nodeName: string): Pod {
  const { metadata, spec } = pod
  const uid = metadata.uid || fnv128a(canonicalText(pod), `host:${nodeName}`, `file:${file}`)
  return {
    ...pod,
    metadata: {
      ...metadata,
      uid,
      name: `${metadata.name}-${nodeName.toLowerCase()}`,
      namespace: metadata.namespace || 'default',
      annotations: {
        ...metadata.annotations,
        'kubernetes.io/config.hash': uid,
        'kubernetes.io/config.source': 'file',
      },
    },
    spec: {
      ...spec,
      containers: spec?.containers ?? [],
      nodeName,
      tolerations: withToleration(spec?.tolerations ?? []),
    },
    status: { phase: 'Pending' },
  }
}

/** Static pods stay where they are whatever happens to their node. */
function withToleration(tolerations: readonly Toleration[]): readonly Toleration[] {
  const staying: Toleration = { operator: 'Exists', effect: 'NoExecute' }
  const isSame = ({ key = '', operator = '', value = '', effect = '' }: Toleration) =>
    key === '' && operator === 'Exists' && value === '' && effect === 'NoExecute'
  if (!tolerations.some(isSame)) return [...tolerations, staying]
  return tolerations.map((each) => (isSame(each) ? staying : each))
}
