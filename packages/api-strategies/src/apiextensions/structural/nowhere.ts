import { FieldPath } from '@kube-bonsai/apimachinery'

/** The root of paths that nobody prints. */
export const nowhere: FieldPath = FieldPath.of('schema')
