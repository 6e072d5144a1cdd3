#include "bench/collections.h"
#include "bench/micro_inputs.h"
#include "engine/rdb/framer.h"
#include "engine/rdb/record_decoder.h"
#include "engine/rdb/stream_node.h"

namespace rdbproof::bench {
namespace {

class CountingSink final : public EventSink {
 public:
  void begin_key(const Key& /*key*/) override { ++keys_; }
  void elements(const Key& /*key*/, std::span<const Element> batch) override {
    elements_ += batch.size();
  }
  void finding(Finding /*finding*/) override { ++findings_; }

  uint64_t keys_ = 0;
  uint64_t elements_ = 0;
  uint64_t findings_ = 0;
};

CountingSink count(const Dump& dump) {
  CountingSink sink;
  RecordDecoder(dump.file, sink).decode(dump.records(), dump.records_offset());
  return sink;
}

void framer(benchmark::State& state, std::string_view profile) {
  const Dump& dump = dump_of(profile);
  const Bytes records = dump.records();
  for (auto _ : state) {
    const Framing framing =
        frame_records(dump.file, records, dump.records_offset(), false, records.size());
    if (framing.length != records.size()) return state.SkipWithError("not framed whole");
  }
  report(state, records.size(), count(dump).keys_);
}

void decoder(benchmark::State& state, std::string_view profile) {
  const Dump& dump = dump_of(profile);
  const uint64_t elements = count(dump).elements_;
  for (auto _ : state) {
    const CountingSink sink = count(dump);
    if (sink.elements_ != elements || sink.findings_ != 0) {
      return state.SkipWithError("not decoded whole");
    }
  }
  report(state, dump.records().size(), elements);
}

[[maybe_unused]] const bool registered =
    register_for_profiles("framer", framer) && register_for_profiles("decoder", decoder);

struct StreamNode {
  rdbproof::StreamId master;
  std::string listpack;
};

// The one node of a generated stream.
StreamNode make_stream_node(uint64_t entries) {
  Workspace work(kFirstListpackVersion);
  std::string record;
  Emitter emit(record, work, 1, nullptr);
  stream(emit, {"stream:", 0, entries, 4, 20}, 0);
  Cursor in(record, 0);
  TextArena arena;
  in.skip(1);  // the type
  read_string(in, arena, Limits());
  read_length(in);
  const Blob id = read_string(in, arena, Limits()).blob();
  Cursor raw_id(id.data, 0);
  const auto master = read_raw_id(raw_id);
  return {master, std::string(read_string(in, arena, Limits()).blob().data)};
}

void stream_node(benchmark::State& state) {
  const StreamNode node = make_stream_node(static_cast<uint64_t>(state.range(0)));
  const FileContext file;
  const Key key;
  CountingSink sink;
  ElementBatch batch(sink);
  TextArena arena;
  for (auto _ : state) {
    sink.elements_ = 0;
    Cursor in("", 0);
    ValueReader value{in, file, batch, arena, ElementKind::kItem, ElementPath("entry")};
    StreamEntries entries;
    batch.begin(key);
    walk_stream_node(value, node.master, {node.listpack}, entries);
    batch.flush();
    if (!in.ok() || entries.live == 0) return state.SkipWithError("not walked whole");
  }
  report(state, node.listpack.size(), sink.elements_);
}
BENCHMARK(stream_node)->Arg(8)->Arg(64);

}  // namespace
}  // namespace rdbproof::bench
