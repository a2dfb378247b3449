/** Lengths shared by every instance of the scheme (leanSpec xmss/constants.py, PROD_CONFIG and TEST_CONFIG). */

/** Public parameter, in field elements. */
export const PARAMETER_LENGTH = 5
/** Digest, in field elements. */
export const HASH_LENGTH = 8
/** Signing randomness rho, in field elements. */
export const RANDOMNESS_LENGTH = 7
/** Encoded tweak, in field elements. */
export const TWEAK_LENGTH = 2
/** Encoded message, in field elements. */
export const MESSAGE_LENGTH = 9
/** Message to sign, in bytes. */
export const MESSAGE_BYTES = 32
/** Capacity of the leaf sponge, in field elements. */
export const CAPACITY_LENGTH = 9
/** Output of the message hash, in field elements. */
export const MESSAGE_HASH_LENGTH = 15
/** Secret PRF key, in bytes. */
export const PRF_KEY_BYTES = 32
/** Encoded field element, in bytes. */
export const ELEMENT_BYTES = 4
/** Public key (root, then parameter), in bytes. */
export const PUBLIC_KEY_BYTES = (HASH_LENGTH + PARAMETER_LENGTH) * ELEMENT_BYTES
