// The low-level functions are deprecated in OpenSSL 3 but take a short string in 58 ns, where the
// EVP interface takes 85 ns with a reused context and 345 ns without.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "engine/hash/sha.h"

#include <openssl/sha.h>

namespace rdbproof {

Sha1 sha1(Bytes data) {
  Sha1 digest;
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, data.data(), data.size());
  SHA1_Final(digest.data(), &context);
  return digest;
}

Sha256 sha256(Bytes data) {
  Sha256 digest;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, data.data(), data.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

}  // namespace rdbproof
