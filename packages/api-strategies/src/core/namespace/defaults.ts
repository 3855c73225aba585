import { coreType, type DefaultRules } from '../../defaulting/type-defaults.ts'
import { type Fields, fieldsOf, isEmpty, withEmpty } from '../../meta/json.ts'

const nameLabel = 'kubernetes.io/metadata.name'

/** Labels a namespace with its own name; one without a name yet stays as it is. */
export function labelWithName(namespace: Fields): Fields {
  const metadata = fieldsOf(namespace['metadata'])
  const labels = fieldsOf(metadata['labels'])
  const name = metadata['name']
  if (isEmpty(name) || labels[nameLabel] === name) return namespace
  return { ...namespace, metadata: { ...metadata, labels: { ...labels, [nameLabel]: name } } }
}

/** @see pkg/apis/core/v1/defaults.go SetDefaults_Namespace */
export const namespaceDefaults: DefaultRules = {
  [coreType('Namespace')]: labelWithName,
  [coreType('NamespaceStatus')]: (status) => withEmpty(status, { phase: 'Active' }),
}
