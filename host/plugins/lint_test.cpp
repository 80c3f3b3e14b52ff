#include "plugins/lint.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstring>
#include <random>

#include "plugins/test_support.hpp"

using namespace tapedeck;
using testing::HasSubstr;

namespace {

const std::string &plugin_bytes() {
  static const std::string bytes = test::bytes_of(SCRIPTED_PLUGIN);
  return bytes;
}

template <class T>
T *at(std::string &bytes, std::size_t offset) {
  return reinterpret_cast<T *>(bytes.data() + offset);
}

Elf64_Phdr *segment(std::string &bytes, std::uint32_t type) {
  const auto header = *at<Elf64_Ehdr>(bytes, 0);
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    auto *s = at<Elf64_Phdr>(bytes, header.e_phoff + i * sizeof(Elf64_Phdr));
    if (s->p_type == type) return s;
  }
  return nullptr;
}

LintReport lint_of(const std::string &bytes) {
  const test::TemporaryFolder folder;
  return lint_plugin(folder.write("x.so", bytes));
}

TEST(Lint, PassesAPluginBuiltWithTheSdk) {
  const auto report = lint_plugin(SCRIPTED_PLUGIN);
  EXPECT_TRUE(report.ok) << report.reason;
  EXPECT_EQ(report.warnings, std::vector<std::string>{});
  EXPECT_EQ(report.hash.size(), 16u);
}

TEST(Lint, RefusesWhatIsNoLibraryOfThisMachine) {
  std::string narrow(
      "\x7f"
      "ELF\x01\x01\x01",
      7);
  narrow.resize(400);
  std::string arm = plugin_bytes();
  at<Elf64_Ehdr>(arm, 0)->e_machine = EM_AARCH64;
  EXPECT_EQ(lint_of("").reason, "is empty");
  EXPECT_EQ(lint_of("#!/bin/sh\n").reason, "is no ELF file");
  EXPECT_EQ(lint_of(narrow).reason, "is a 32-bit library; this host is 64-bit");
  EXPECT_EQ(lint_of(arm).reason, "is for machine 183; this host is x86-64");
  EXPECT_EQ(lint_plugin("/proc/self/exe").reason, "is a program, no plugin");
  EXPECT_EQ(lint_plugin("/").reason, "is no regular file");
  EXPECT_THAT(lint_plugin("/nowhere.so").reason, HasSubstr("cannot be opened"));
}

TEST(Lint, DoesNotWaitAtAFifo) {
  const test::TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder.path() / "x.so").c_str(), 0600), 0);
  EXPECT_EQ(lint_plugin(folder.path() / "x.so").reason, "is no regular file");
}

TEST(Lint, RefusesEveryTruncation) {
  for (std::size_t i = 1; i < 100; ++i) {
    const auto cut = plugin_bytes().size() * i / 100;
    EXPECT_FALSE(lint_of(plugin_bytes().substr(0, cut)).ok) << "cut at " << cut;
  }
}

// Whatever the verdict: no crash, no endless loop, no gigabytes.
TEST(Lint, SurvivesDamage) {
  std::mt19937 random(1);
  const test::TemporaryFolder folder;
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string bytes = plugin_bytes();
    const std::size_t span = round % 2 == 0 ? 1024 : bytes.size();
    for (int i = 0; i < 8; ++i) bytes[random() % span] = static_cast<char>(random());
    refused += lint_plugin(folder.write("x.so", bytes)).ok ? 0 : 1;
  }
  EXPECT_GT(refused, 100);
}

TEST(Lint, RefusesASecondRuntime) {
  std::string bytes = plugin_bytes();
  const auto name = bytes.find("libstdc++.so.6");
  ASSERT_NE(name, std::string::npos);
  std::memcpy(&bytes[name], "libc++.so.1\0\0\0", 14);
  EXPECT_EQ(lint_of(bytes).reason, "needs libc++.so.1: link libc++ statically (-static-libstdc++)");
}

TEST(Lint, RefusesAnExecutableStackAndTextRelocations) {
  std::string stack = plugin_bytes(), text = plugin_bytes();
  segment(stack, PT_GNU_STACK)->p_flags |= PF_X;
  EXPECT_THAT(lint_of(stack).reason, HasSubstr("executable stack"));
  auto *d = at<Elf64_Dyn>(text, segment(text, PT_DYNAMIC)->p_offset);
  while (d->d_tag != DT_INIT_ARRAY && d->d_tag != DT_NULL) ++d;
  d->d_tag = DT_TEXTREL;
  EXPECT_THAT(lint_of(text).reason, HasSubstr("text relocations"));
}

TEST(Lint, SaysWhichAbiAForeignEntryWants) {
  std::string bytes = plugin_bytes();
  for (auto at = bytes.find(TDK_ENTRY_NAME); at != std::string::npos;
       at = bytes.find(TDK_ENTRY_NAME, at))
    bytes.replace(at, sizeof TDK_ENTRY_NAME - 1, "tdk_plugin_entry_v2");
  EXPECT_EQ(lint_of(bytes).reason, "wants plugin ABI major 2; this host offers major 1");
}

TEST(Lint, HashTellsContentsApart) {
  std::string bytes = plugin_bytes();
  const auto before = lint_of(bytes).hash;
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  EXPECT_NE(lint_of(bytes).hash, before);
}

}  // namespace
