#include "engine/diff/key_reader.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/io/input.h"
#include "engine/io/os.h"
#include "engine/rdb/record_decoder.h"
#include "engine/scan/frame_cutter.h"

namespace rdbproof {
namespace {

tl::unexpected<Error> changed(const std::string& source) {
  return fail(display_name(source) + " was changed while it was read",
              "compare copies that nobody writes to");
}

// Gives those of the records decoded that are wanted.
class WantedSink final : public EventSink {
 public:
  explicit WantedSink(std::span<const WantedKey> wanted) : wanted_(wanted) {}

  void begin_key(const Key& key) override {
    current_ = find(key);
    if (current_ == nullptr) return;
    ++found_;
    *current_->name = key.name;
    if (current_->value != nullptr) current_->value->begin_key(key);
  }
  bool wants_value(const Key& /*key*/) override {
    return current_ != nullptr && current_->value != nullptr;
  }
  void elements(const Key& key, std::span<const Element> batch) override {
    current_->value->elements(key, batch);
  }
  void end_key(const Key& key, const ValueSummary& value) override {
    current_->value->end_key(key, value);
  }

  // Keys that occur at a place, each once.
  size_t found() const { return found_; }

 private:
  const WantedKey* find(const Key& key) const {
    const auto at_place = std::ranges::equal_range(wanted_, key.offset, {},
                                                   [](const WantedKey& w) { return w.place; });
    if (at_place.empty()) return nullptr;
    const Uint128 hash = hash128(key.name);
    const auto found = std::ranges::find(at_place, hash, &WantedKey::name_hash);
    return found == at_place.end() ? nullptr : &*found;
  }

  std::span<const WantedKey> wanted_;
  const WantedKey* current_ = nullptr;
  size_t found_ = 0;
};

class FileKeyReader final : public KeyReader {
 public:
  FileKeyReader(std::string path, const KeyReaderOptions& options)
      : path_(std::move(path)), options_(options) {}

  Result<void> open() {
    frame_.reset();
    cutter_.reset();
    TRY(Input input, open_input(path_, options_.limits.max_decompressed_bytes));
    input.temp_dir = options_.temp_dir;
    input_ = std::move(input);
    cutter_.emplace(input_, options_.frame_bytes);
    TRY(const bool readable, cutter_->open(options_.limits));
    return readable ? Result<void>() : changed(path_);
  }

  Result<void> read(std::span<const WantedKey> wanted) override {
    return input_.mapped ? read_mapped(wanted) : read_stream(wanted);
  }

 private:
  Result<void> read_mapped(std::span<const WantedKey> wanted) {
    std::mutex mutex;
    bool is_changed = false;
    tbb::parallel_for(size_t{0}, wanted.size(), [&](size_t i) {
      if (i != 0 && wanted[i].place == wanted[i - 1].place) return;
      const uint64_t place = wanted[i].place;
      size_t end = i + 1;
      while (end < wanted.size() && wanted[end].place == place) ++end;
      if (read_place(wanted.subspan(i, end - i))) return;
      const std::lock_guard lock(mutex);
      is_changed = true;
    });
    if (is_changed) return changed(path_);
    return input_.mapped->check_unchanged();
  }

  bool read_place(std::span<const WantedKey> wanted) const {
    const uint64_t place = wanted.front().place;
    const Bytes bytes = input_.mapped->bytes();
    if (place >= bytes.size()) return false;
    WantedSink sink(wanted);
    RecordDecoder decoder(cutter_->file(), sink);
    decoder.decode_to(bytes.substr(place), place, place + 1);
    return sink.found() == wanted.size();
  }

  // Frame by frame; from the beginning again where the places go back.
  Result<void> read_stream(std::span<const WantedKey> wanted) {
    if (!wanted.empty() && frame_ && wanted.front().place < frame_->offset) {
      TRY_VOID(open());
    }
    while (!wanted.empty()) {
      const uint64_t place = wanted.front().place;
      if (!frame_ || place >= frame_->offset + frame_->bytes.size()) {
        frame_.reset();
        TRY(std::optional<Frame> next, cutter_->next());
        if (!next) return changed(path_);
        frame_ = std::move(next);
        continue;
      }
      const uint64_t end = frame_->offset + frame_->bytes.size();
      const auto behind =
          std::ranges::lower_bound(wanted, end, {}, [](const WantedKey& w) { return w.place; });
      const auto here = wanted.first(static_cast<size_t>(behind - wanted.begin()));
      WantedSink sink(here);
      RecordDecoder decoder(cutter_->file(), sink);
      visit_records(*frame_,
                    [&](Bytes records, uint64_t offset) { decoder.decode(records, offset); });
      if (sink.found() != here.size()) return changed(path_);
      wanted = wanted.subspan(here.size());
    }
    return {};
  }

  std::string path_;
  KeyReaderOptions options_;
  Input input_;
  std::optional<FrameCutter> cutter_;
  std::optional<Frame> frame_;  // of a stream
};

class KeptNameReader final : public KeyReader {
 public:
  explicit KeptNameReader(const Block& names) : names_(names) {}
  Result<void> read(std::span<const WantedKey> wanted) override {
    const Bytes names = names_.bytes();
    for (const WantedKey& key : wanted) {
      const auto size = load_le<uint64_t>(names.data() + key.place);
      *key.name = names.substr(key.place + sizeof size, size);
    }
    return {};
  }

 private:
  const Block& names_;
};

}  // namespace

Result<std::unique_ptr<KeyReader>> open_key_reader(const std::string& path,
                                                   const KeyReaderOptions& options) {
  auto reader = std::make_unique<FileKeyReader>(path, options);
  TRY_VOID(reader->open());
  return reader;
}

std::unique_ptr<KeyReader> read_kept_names(const Block& names) {
  return std::make_unique<KeptNameReader>(names);
}

}  // namespace rdbproof
