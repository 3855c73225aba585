import type { DefaultRules } from '../defaulting/type-defaults.ts'
import {
  type Fields,
  fieldsOf,
  isAbsent,
  isEmpty,
  isFields,
  listOf,
  objectsOf,
  textOf,
  withAbsent,
  withEmpty,
  withField,
} from '../meta/json.ts'

const types = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'

/** @see staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go */
export const apiextensionsDefaults: DefaultRules = {
  [`${types}.CustomResourceDefinition`]: (crd) =>
    withStoredVersions(withField(crd, 'spec', ofSpec(fieldsOf(crd['spec'])))),
  [`${types}.ServiceReference`]: (service) => withAbsent(service, { port: 443 }),
}

function ofSpec(spec: Fields): Fields {
  const names = fieldsOf(spec['names'])
  const kind = textOf(names['kind'])
  const named = withEmpty(names, {
    singular: kind === '' ? undefined : kind.toLowerCase(),
    listKind: kind === '' ? undefined : `${kind}List`,
  })
  const whole = named === names ? spec : withField(spec, 'names', named)
  return withoutEmptyWebhook(withAbsent(whole, { conversion: { strategy: 'None' } }))
}

/** Upstream's internal type has no place for a webhook that says nothing. */
function withoutEmptyWebhook(spec: Fields): Fields {
  const conversion = fieldsOf(spec['conversion'])
  if (!isFields(conversion['webhook'])) return spec
  const { clientConfig, conversionReviewVersions } = conversion['webhook']
  if (!isAbsent(clientConfig) || !isAbsent(conversionReviewVersions)) return spec
  return withField(spec, 'conversion', withField(conversion, 'webhook', undefined))
}

function withStoredVersions(crd: Fields): Fields {
  const status = fieldsOf(crd['status'])
  if (!isEmpty(listOf(status['storedVersions']))) return crd
  const storage = objectsOf(fieldsOf(crd['spec'])['versions']).find((version) => version['storage'] === true)
  if (storage === undefined) return crd
  return withField(crd, 'status', { ...status, storedVersions: [textOf(storage['name'])] })
}
