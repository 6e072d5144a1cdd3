#include "engine/hash/sha1_many.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/hash/random_bytes.h"

namespace rdbproof {
namespace {

using test::random_bytes;

// Every kernel on the same messages, against the library's function for whole messages.
void expect_digests(const std::vector<std::string>& messages) {
  for (const Sha1Kernel& kernel : sha1_kernels()) {
    Sha1Queue queue(kernel);
    std::vector<Sha1> once(messages.size());
    std::vector<Sha1> twice(messages.size());
    for (size_t i = 0; i < messages.size(); ++i) {
      queue.store(Bytes(messages[i]), once[i]);
      queue.store(Bytes(messages[i]), twice[i], Sha1Times::kTwice);
    }
    queue.run();
    for (size_t i = 0; i < messages.size(); ++i) {
      const Sha1 expected = sha1(messages[i]);
      ASSERT_EQ(once[i], expected)
          << kernel.name << ", message " << i << " of " << messages[i].size() << " bytes";
      ASSERT_EQ(twice[i], sha1(as_bytes(expected))) << kernel.name << ", message " << i;
    }
  }
}

TEST(Sha1ManyTest, ThePlainKernelIsAlwaysThere) {
  ASSERT_FALSE(sha1_kernels().empty());
  EXPECT_EQ(sha1_kernels().front().name, "plain");
}

TEST(Sha1ManyTest, HashesEveryLength) {
  bench::Random random(1);
  for (size_t length = 0; length <= 300; ++length) {
    std::vector<std::string> messages;
    for (size_t i = 0; i < kSha1Lanes; ++i) messages.push_back(random_bytes(random, length));
    expect_digests(messages);
  }
}

// Few messages go another way than many, and a full lot another than the rest behind it.
TEST(Sha1ManyTest, HashesAnyNumberOfMessages) {
  bench::Random random(2);
  for (const size_t length : {0u, 20u, 55u, 56u, 63u, 64u, 119u, 120u}) {
    for (size_t count = 0; count <= 2 * kSha1Lanes + 1; ++count) {
      std::vector<std::string> messages;
      for (size_t i = 0; i < count; ++i) messages.push_back(random_bytes(random, length));
      expect_digests(messages);
    }
  }
}

TEST(Sha1ManyTest, HashesMessagesOfDifferentLengths) {
  bench::Random random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> messages;
    for (uint64_t i = random.below(300); i > 0; --i) {
      messages.push_back(random_bytes(random, random.below(random.one_in(20) ? 5000 : 260)));
    }
    expect_digests(messages);
  }
}

TEST(Sha1ManyTest, CombinesDigestsInOneResult) {
  bench::Random random(4);
  for (const Sha1Kernel& kernel : sha1_kernels()) {
    Sha1Queue queue(kernel);
    Sha1 result{};
    Sha1 expected{};
    for (int i = 0; i < 1000; ++i) {
      const std::string message = random_bytes(random, random.below(300));
      queue.combine(Bytes(message), result);
      exclude_or(expected, sha1(message));
    }
    queue.run();
    EXPECT_EQ(result, expected) << kernel.name;
  }
}

// Their padding is written once.
TEST(Sha1ManyTest, HashesDigests) {
  bench::Random random(5);
  for (const Sha1Kernel& kernel : sha1_kernels()) {
    Sha1Queue queue(kernel);
    for (size_t count = 1; count < 80; ++count) {
      std::vector<Sha1> digests(count);
      std::vector<Sha1> once(count);
      std::vector<Sha1> twice(count);
      for (size_t i = 0; i < count; ++i) {
        for (uint8_t& byte : digests[i]) byte = static_cast<uint8_t>(random.next());
        queue.store(digests[i], once[i]);
        queue.store(digests[i], twice[i], Sha1Times::kTwice);
      }
      queue.run();
      for (size_t i = 0; i < count; ++i) {
        const Sha1 expected = sha1(as_bytes(digests[i]));
        ASSERT_EQ(once[i], expected) << kernel.name << ' ' << i;
        ASSERT_EQ(twice[i], sha1(as_bytes(expected))) << kernel.name << ' ' << i;
      }
    }
  }
}

TEST(Sha1ManyTest, AMessageMayBeItsResult) {
  for (const Sha1Kernel& kernel : sha1_kernels()) {
    Sha1Queue queue(kernel);
    std::vector<Sha1> digests(3 * kSha1Lanes / 2);
    for (size_t i = 0; i < digests.size(); ++i) digests[i].fill(static_cast<uint8_t>(i));
    const std::vector<Sha1> before = digests;
    for (Sha1& digest : digests) queue.store(digest, digest);
    queue.run();
    for (size_t i = 0; i < digests.size(); ++i) {
      ASSERT_EQ(digests[i], sha1(as_bytes(before[i]))) << kernel.name << ' ' << i;
    }
  }
}

TEST(Sha1ManyTest, ServesAgainAfterRunning) {
  Sha1Queue queue;
  Sha1 first{};
  Sha1 second{};
  queue.run();
  queue.store(Bytes("a"), first);
  queue.run();
  queue.store(Bytes("b"), second);
  queue.run();
  EXPECT_EQ(first, sha1("a"));
  EXPECT_EQ(second, sha1("b"));
}

}  // namespace
}  // namespace rdbproof
