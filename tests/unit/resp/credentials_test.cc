#include "engine/resp/credentials.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <type_traits>

#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() { ::unsetenv("REDISCLI_AUTH"); }
  ~CredentialsTest() override { ::unsetenv("REDISCLI_AUTH"); }

  std::string file(const std::string& text, mode_t mode) const {
    const std::string path = dir_.write("password", text);
    ::chmod(path.c_str(), mode);
    return path;
  }

  test::TempDir dir_;
};

TEST_F(CredentialsTest, ComeFromAFileOfItsOwner) {
  for (const char* text : {"secret", "secret\n", "secret\r\n"}) {
    const auto found = find_password({file(text, 0600), false});
    ASSERT_TRUE(found);
    EXPECT_EQ((*found)->reveal(), "secret");
  }
}

TEST_F(CredentialsTest, AreNotTakenFromAFileThatOthersMayRead) {
  for (const mode_t mode : {mode_t{0640}, mode_t{0604}, mode_t{0660}, mode_t{0601}}) {
    const auto found = find_password({file("secret", mode), false});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message.find("secret"), std::string::npos);
  }
}

TEST_F(CredentialsTest, AreNotTakenFromAFileThatIsNone) {
  EXPECT_FALSE(find_password({dir_.file("gone"), false}));
  EXPECT_FALSE(find_password({file(std::string(5000, 'x'), 0600), false}));
}

TEST_F(CredentialsTest, ComeFromTheEnvironmentElse) {
  const auto none = find_password({});
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, nullptr);
  ::setenv("REDISCLI_AUTH", "from there", 1);
  EXPECT_EQ((*find_password({}))->reveal(), "from there");
  EXPECT_EQ((*find_password({file("from here", 0600), false}))->reveal(), "from here");
}

}  // namespace
}  // namespace rdbproof
