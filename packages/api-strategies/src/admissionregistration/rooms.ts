import type { Room } from '../room.ts'
import { mutatingAdmissionPolicyBindingRoom, validatingAdmissionPolicyBindingRoom } from './bindings.ts'
import { mutatingAdmissionPolicyRoom } from './mutating-policy.ts'
import { validatingAdmissionPolicyRoom } from './validating-policy.ts'
import { mutatingWebhookRoom, validatingWebhookRoom } from './webhook-configurations.ts'

/** @see pkg/registry/admissionregistration */
export const admissionregistrationRooms: readonly Room[] = [
  validatingWebhookRoom,
  mutatingWebhookRoom,
  validatingAdmissionPolicyRoom,
  validatingAdmissionPolicyBindingRoom,
  mutatingAdmissionPolicyRoom,
  mutatingAdmissionPolicyBindingRoom,
]
