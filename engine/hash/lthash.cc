#include "engine/hash/lthash.h"

#include <openssl/evp.h>

#include <cstring>
#include <memory>

namespace rdbproof {
namespace {

using Stream = std::array<uint16_t, 1024>;

struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// The first 2048 bytes of the ChaCha20 key stream, counter and nonce zero.
void expand(const Sha256& key, Stream& stream) {
  thread_local const std::unique_ptr<EVP_CIPHER, FreeCipher> cipher(
      EVP_CIPHER_fetch(nullptr, "ChaCha20", nullptr));
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  constexpr std::array<uint8_t, 16> kCounterAndNonce{};
  auto* const bytes = reinterpret_cast<uint8_t*>(stream.data());
  stream.fill(0);
  int written = 0;
  if (EVP_EncryptInit_ex2(context.get(), cipher.get(), key.data(), kCounterAndNonce.data(),
                          nullptr) != 1 ||
      EVP_EncryptUpdate(context.get(), bytes, &written, bytes, sizeof stream) != 1) {
    std::abort();  // the library has no ChaCha20: nothing could be claimed
  }
}

}  // namespace

void LtHash::add(const Sha256& element) {
  Stream stream;
  expand(element, stream);
  for (size_t i = 0; i < sums_.size(); ++i) sums_[i] = static_cast<uint16_t>(sums_[i] + stream[i]);
}

void LtHash::merge(const LtHash& other) {
  for (size_t i = 0; i < sums_.size(); ++i) {
    sums_[i] = static_cast<uint16_t>(sums_[i] + other.sums_[i]);
  }
}

Sha256 LtHash::digest() const {
  return sha256(bytes());
}

bool LtHash::set_bytes(Bytes state) {
  if (state.size() != sizeof sums_) return false;
  std::memcpy(sums_.data(), state.data(), state.size());
  return true;
}

}  // namespace rdbproof
