import type { User } from '../../context.ts'

const prefix = 'system:node:'

/** The node that a user is, which may have no name; undefined for who is none. @see pkg/auth/nodeidentifier/default.go */
export function nodeOf({ name, groups }: User): string | undefined {
  return name.startsWith(prefix) && groups.includes('system:nodes') ? name.slice(prefix.length) : undefined
}
