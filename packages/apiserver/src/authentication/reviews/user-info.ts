import type { UserInfo } from '@kube-bonsai/api-types/authentication/v1'
import type { User } from '../../context.ts'

/** A user as reviews show them: what is empty is left out. */
export function userInfo({ name, uid, groups, extra = {} }: User): UserInfo {
  return {
    ...(name !== '' && { username: name }),
    ...(uid && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(Object.keys(extra).length > 0 && { extra }),
  }
}
