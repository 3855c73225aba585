import { generalMetadataErrors, newMetadataErrors, type Strategy, strategyFor } from '@kube-bonsai/api-strategies'
import { decode, isKind, scheme } from '@kube-bonsai/api-types'
import type { Pod } from '@kube-bonsai/api-types/core/v1'
import { formatFieldError, formatTime, instantOfMillis, type KubeObject } from '@kube-bonsai/apimachinery'
import type { Clock } from '@kube-bonsai/clock'
import type { FeatureGates } from '@kube-bonsai/feature-gates'
import type { ManifestRules } from '@kube-bonsai/kubelet-model'

const podKind = { group: '', version: 'v1', kind: 'Pod' }

/** The API server's own defaults and checks of pods, for a kubelet that reads manifests. */
export function manifestRules(gates: FeatureGates, clock: Clock): ManifestRules {
  const context = () => ({ gates, now: formatTime(instantOfMillis(clock.now())) })
  return {
    decode: (value) => {
      const { apiVersion, kind } = Object(value)
      if (!kind) throw new Error(`Object 'Kind' is missing in '${JSON.stringify(value)}'`)
      if (!apiVersion) throw new Error(`Object 'apiVersion' is missing in '${JSON.stringify(value)}'`)
      if (apiVersion !== 'v1' || kind !== 'Pod') throw new Error(`invalid pod: ${apiVersion}, Kind=${kind}`)
      const { object, typeErrors } = decode(scheme.loaded, podKind, value)
      const [problem] = typeErrors
      if (problem !== undefined || object === undefined) throw new Error(problem ?? 'invalid pod')
      return podOf(strategy().default({ ...Object(object), metadata: { ...Object(object).metadata } }, context()))
    },
    validate: (pod) => {
      const own = strategy()
      const errors = [...newMetadataErrors(pod, own, context()), ...own.validate(pod, context())]
      return (errors.length > 0 ? errors : generalMetadataErrors(pod, own)).map(formatFieldError)
    },
  }
}

function podOf(object: KubeObject): Pod {
  if (!isKind(object, 'v1', 'Pod')) throw new Error('invalid pod')
  return object
}

function strategy(): Strategy {
  const found = strategyFor('', 'Pod')
  if (found === undefined) throw new Error('there are no rules for pods')
  return found
}
