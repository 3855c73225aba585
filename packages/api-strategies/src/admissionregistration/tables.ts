import { type Fields, fieldsOf, isEmpty, isFields, listOf, textOf } from '../meta/json.ts'
import { ageColumn, type Column, column, nameColumn, table } from '../printing/table.ts'
import { countColumn, textOr, unset } from '../printing/texts.ts'
import type { TableStrategy } from '../strategy.ts'
import { goSelectorString } from './go-selector-string.ts'

const specOf = (object: Fields): Fields => fieldsOf(object['spec'])

const paramKindColumn: Column<Fields> = column('ParamKind', 'Kind of the objects that parameterise it', (object) => {
  const { paramKind } = specOf(object)
  return isFields(paramKind) ? `${textOf(paramKind['apiVersion'])}/${textOf(paramKind['kind'])}` : unset
})

function paramRef(object: Fields): string {
  const { paramRef: reference } = specOf(object)
  if (!isFields(reference)) return unset
  const { name, namespace, selector } = reference
  if (!isEmpty(name)) return `${textOr(namespace, '*')}/${textOf(name)}`
  return isFields(selector) ? goSelectorString(selector) : unset
}

/** Validating and mutating webhook configurations. */
export const webhookTable: TableStrategy = table([
  nameColumn,
  countColumn('Webhooks', 'How many webhooks it holds', (object) => listOf(object['webhooks']).length),
  ageColumn,
])

const policyTable = (name: string, field: string): TableStrategy =>
  table([
    nameColumn,
    countColumn(name, 'How many rules it holds', (object) => listOf(specOf(object)[field]).length),
    paramKindColumn,
    ageColumn,
  ])

export const validatingAdmissionPolicyTable: TableStrategy = policyTable('Validations', 'validations')
export const mutatingAdmissionPolicyTable: TableStrategy = policyTable('Mutations', 'mutations')

/** Bindings of validating and mutating admission policies. */
export const policyBindingTable: TableStrategy = table([
  nameColumn,
  column('PolicyName', 'The policy that is bound', (object) => textOf(specOf(object)['policyName'])),
  column('ParamRef', 'The objects that parameterise it', paramRef),
  ageColumn,
])
