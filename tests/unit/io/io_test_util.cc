#include "tests/unit/io/io_test_util.h"

#include <isa-l/igzip_lib.h>
#include <lz4frame.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

namespace rdbproof::test {

TempDir::TempDir() : path_(std::filesystem::temp_directory_path() / "rdbproof-io-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) std::abort();
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::write(const std::string& name, Bytes data) const {
  std::ofstream out(file(name), std::ios::binary);
  out.write(data.data(), static_cast<std::streamsize>(data.size()));
  out.close();
  EXPECT_TRUE(out.good());
  return file(name);
}

Result<size_t> MemoryStream::read(char* into, size_t capacity) {
  const size_t count = std::min({capacity, piece_, data_.size() - used_});
  std::memcpy(into, data_.data() + used_, count);
  used_ += count;
  return count;
}

Result<size_t> FailingStream::read(char* into, size_t capacity) {
  if (good_ == 0) return fail("broken");
  const size_t count = std::min(capacity, good_);
  std::memset(into, 0, count);
  good_ -= count;
  return count;
}

Drained drain(ByteStream& stream, size_t capacity) {
  Drained drained;
  std::vector<char> buffer(capacity);
  for (;;) {
    auto got = stream.read(buffer.data(), buffer.size());
    if (!got) {
      drained.error = true;
      drained.message = got.error().message;
      return drained;
    }
    EXPECT_LE(*got, capacity);
    if (*got == 0) break;
    drained.data.append(buffer.data(), *got);
  }
  if (stream.damage()) {
    drained.damage = stream.damage()->code;
    drained.detail = stream.damage()->detail;
    drained.offset = stream.damage()->offset;
    EXPECT_EQ(drained.offset, drained.data.size());
  }
  return drained;
}

std::string sample(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string data;
  while (data.size() < size) {
    data += "key:" + std::to_string(random() % 5000) + "=";
    data.append(random() % 40, static_cast<char>('a' + random() % 26));
  }
  data.resize(size);
  return data;
}

std::string noise(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string data(size, '\0');
  for (char& c : data) c = static_cast<char>(random());
  return data;
}

std::string zstd(Bytes data, bool checksum, int window_log) {
  std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, checksum ? 1 : 0);
  if (window_log != 0) {
    // Without the size the header must name the window.
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
  }
  std::string out(ZSTD_compressBound(data.size()), '\0');
  ZSTD_inBuffer in{data.data(), data.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  if (window_log != 0) ZSTD_compressStream2(context.get(), &to, &in, ZSTD_e_flush);
  EXPECT_EQ(ZSTD_compressStream2(context.get(), &to, &in, ZSTD_e_end), 0U);
  out.resize(to.pos);
  return out;
}

std::string lz4(Bytes data, bool checksum) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentChecksumFlag =
      checksum ? LZ4F_contentChecksumEnabled : LZ4F_noContentChecksum;
  std::string out(LZ4F_compressFrameBound(data.size(), &preferences), '\0');
  const size_t size =
      LZ4F_compressFrame(out.data(), out.size(), data.data(), data.size(), &preferences);
  EXPECT_FALSE(LZ4F_isError(size));
  out.resize(size);
  return out;
}

std::string gzip(Bytes data) {
  isal_zstream stream;
  isal_deflate_init(&stream);
  std::vector<uint8_t> level_buffer(ISAL_DEF_LVL1_DEFAULT);
  stream.level = 1;
  stream.level_buf = level_buffer.data();
  stream.level_buf_size = static_cast<uint32_t>(level_buffer.size());
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  std::string out(data.size() + data.size() / 2 + 1024, '\0');
  std::string in(data);
  stream.next_in = reinterpret_cast<uint8_t*>(in.data());
  stream.avail_in = static_cast<uint32_t>(in.size());
  stream.next_out = reinterpret_cast<uint8_t*>(out.data());
  stream.avail_out = static_cast<uint32_t>(out.size());
  EXPECT_EQ(isal_deflate(&stream), COMP_OK);
  EXPECT_EQ(stream.avail_in, 0U);
  out.resize(out.size() - stream.avail_out);
  return out;
}

std::string skippable(size_t size) {
  std::string frame("\x5A\x2A\x4D\x18", 4);
  for (int i = 0; i < 4; ++i) frame += static_cast<char>(size >> (8 * i));
  return frame + std::string(size, '#');
}

}  // namespace rdbproof::test
