#include "live/spool.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>

#include <tapedeck/layer/core.hpp>

#include "live/crc32c.hpp"
#include "live/testing/spool_files.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

using Records = std::vector<std::string>;

class SpoolTest : public ::testing::Test {
 protected:
  std::unique_ptr<Spool> open(std::uint64_t limit = 1 << 20, std::uint64_t segment_bytes = 1 << 16) {
    return std::make_unique<Spool>(
        SpoolSettings{.directory = files.spool(), .limit = limit, .segment_bytes = segment_bytes}, system_clock());
  }
  static Records read_all(Spool &spool) {
    Records out;
    for (std::string payload; spool.read(payload);) out.push_back(payload);
    return out;
  }
  // What a new process finds, and what it leaves behind.
  Records read_after_restart() {
    const auto spool = open();
    auto out = read_all(*spool);
    spool->release();
    EXPECT_TRUE(spool->drained());
    return out;
  }
  std::string segment_of(const Records &records) {
    {
      const auto spool = open();
      for (const auto &r : records) EXPECT_EQ(spool->append(r), Spool::Answer::Kept);
    }
    return files.bytes(files.names(".seg").at(0));
  }

  SpoolFiles files;
};

TEST(Crc32c, IsTheOneOfTheStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c("56789", crc32c("1234")), crc32c("123456789"));
}

TEST_F(SpoolTest, RecordsComeBackInOrderAndLeaveNothing) {
  const auto spool = open(1 << 20, 100);  // several segments
  Records written;
  for (int i = 0; i < 20; ++i) {
    written.push_back(std::string(static_cast<std::size_t>(i), 'x') + std::to_string(i));
    EXPECT_EQ(spool->append(written.back()), Spool::Answer::Kept);
  }
  EXPECT_GT(files.names(".seg").size(), 3u);
  EXPECT_EQ(read_all(*spool), written);
  EXPECT_FALSE(spool->drained()) << "nothing is in the store yet";
  spool->release();
  EXPECT_TRUE(spool->drained());
  EXPECT_EQ(spool->bytes(), 0u);
  EXPECT_THAT(files.names(".seg"), IsEmpty());
}

TEST_F(SpoolTest, WhatIsWrittenWhileItIsReadComesToo) {
  const auto spool = open(1 << 20, 64);
  spool->append("a");
  EXPECT_THAT(read_all(*spool), ElementsAre("a"));
  spool->append("b");
  EXPECT_THAT(read_all(*spool), ElementsAre("b"));
  spool->release();
  EXPECT_TRUE(spool->drained());
  spool->append("c");
  EXPECT_THAT(read_all(*spool), ElementsAre("c"));
}

TEST_F(SpoolTest, RewindGoesBackToWhatIsInTheStore) {
  const auto spool = open(1 << 20, 40);
  for (const char *r : {"a", "b", "c", "d"}) spool->append(r);
  std::string payload;
  spool->read(payload);
  spool->release();
  EXPECT_THAT(read_all(*spool), ElementsAre("b", "c", "d"));
  spool->rewind();
  EXPECT_THAT(read_all(*spool), ElementsAre("b", "c", "d"));
}

TEST_F(SpoolTest, AnotherProcessGoesOnWhereThisOneEnded) {
  segment_of({"a", "b"});
  const auto spool = open();
  spool->append("c");
  EXPECT_EQ(files.names(".seg").size(), 2u) << "nobody writes behind what a stranger left";
  EXPECT_THAT(read_all(*spool), ElementsAre("a", "b", "c"));
}

TEST_F(SpoolTest, TheDirectoryGoesWhenNothingIsInIt) {
  open();
  EXPECT_FALSE(std::filesystem::exists(files.spool()));
  segment_of({"a"});
  EXPECT_TRUE(std::filesystem::exists(files.spool()));
}

TEST_F(SpoolTest, IsMadeLateWhereAskedFor) {
  Spool spool({.directory = files.spool(), .make_now = false}, system_clock());
  EXPECT_FALSE(std::filesystem::exists(files.spool()));
  EXPECT_EQ(spool.append("a"), Spool::Answer::Kept);
  EXPECT_THAT(read_all(spool), ElementsAre("a"));
}

TEST_F(SpoolTest, ATornTailEndsTheSegmentAtEveryOffset) {
  const Records records = {"first", std::string(40, 'z'), "", "last"};
  const std::string whole = segment_of(records);
  std::vector<std::size_t> ends;
  for (std::size_t i = 0, at = kSegmentHead; i < records.size(); ++i)
    ends.push_back(at += kRecordHead + records[i].size());
  ASSERT_EQ(ends.back(), whole.size());
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    files.replace_all("00000001.seg", whole.substr(0, length));
    const auto expected = static_cast<std::size_t>(
        std::count_if(ends.begin(), ends.end(), [&](std::size_t end) { return end <= length; }));
    EXPECT_EQ(read_after_restart(), Records(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(expected)))
        << "cut at " << length;
    EXPECT_THAT(files.names(".bad"), IsEmpty()) << "cut at " << length;
  }
}

TEST_F(SpoolTest, ZerosAtTheEndAreATornTail) {
  files.replace_all("00000001.seg", segment_of({"a"}) + std::string(9000, '\0'));
  EXPECT_THAT(read_after_restart(), ElementsAre("a"));
  EXPECT_THAT(files.names(".bad"), IsEmpty());
}

TEST_F(SpoolTest, ADamagedByteNeverYieldsWrongData) {
  const Records records = {"first", "second", "third"};
  const std::string whole = segment_of(records);
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      files.replace_all("00000007.seg", damaged);
      const Records found = read_after_restart();
      EXPECT_LT(found.size(), records.size()) << "byte " << at;
      EXPECT_TRUE(std::includes(records.begin(), records.end(), found.begin(), found.end())) << "byte " << at;
      EXPECT_THAT(files.names(".bad"), ElementsAre("00000007.bad")) << "byte " << at;
    }
}

TEST_F(SpoolTest, ADamagedPayloadTakesNoOtherAlong) {
  std::string damaged = segment_of({"first", "second", "third"});
  damaged[damaged.find("second")] = 'S';
  files.replace_all("00000001.seg", damaged);
  EXPECT_THAT(read_after_restart(), ElementsAre("first", "third"));
}

TEST_F(SpoolTest, TheNextSegmentGoesOnAfterADamagedOne) {
  std::string damaged = segment_of({"first"});
  damaged[3] = '?';
  files.replace_all("00000001.seg", damaged);
  const auto spool = open();
  spool->append("new");
  EXPECT_THAT(read_all(*spool), ElementsAre("new"));
  spool->release();
  EXPECT_THAT(files.names(".bad"), ElementsAre("00000001.bad"));
}

TEST_F(SpoolTest, AnUnknownVersionIsLeftAlone) {
  const std::string later = segment_head(2) + "who knows";
  files.replace_all("00000003.seg", later);
  {
    const auto spool = open();
    EXPECT_THAT(read_all(*spool), IsEmpty());
    EXPECT_TRUE(spool->drained());
    spool->append("a");
    EXPECT_THAT(read_all(*spool), ElementsAre("a"));
    spool->release();
  }
  EXPECT_EQ(files.bytes("00000003.seg"), later);
}

TEST_F(SpoolTest, TakesNoMoreThanItsLimit) {
  const auto spool = open(200, 100);
  int kept = 0;
  while (spool->append(std::string(20, 'x')) == Spool::Answer::Kept) ++kept;
  EXPECT_EQ(spool->append("y"), Spool::Answer::Kept) << "what is smaller still fits";
  EXPECT_EQ(spool->append(std::string(20, 'x')), Spool::Answer::Full);
  EXPECT_LE(spool->bytes(), 200u);
  EXPECT_GT(kept, 2);
  read_all(*spool);
  spool->release();
  EXPECT_EQ(spool->append(std::string(20, 'x')), Spool::Answer::Kept);
}

// How many of the spool's files this process has open.
std::size_t open_segments(const SpoolFiles &files) {
  std::size_t n = 0;
  for (const auto &entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto file = std::filesystem::read_symlink(entry.path(), gone);
    n += file.parent_path() == files.spool() ? 1u : 0u;
  }
  return n;
}

TEST_F(SpoolTest, ALongOutageTakesNoFileDescriptors) {
  const auto spool = open(1 << 20, 64);
  Records written;
  for (int i = 0; i < 100; ++i) {
    written.push_back(std::to_string(i));
    spool->append(written.back());
  }
  EXPECT_GT(files.names(".seg").size(), 20u);
  EXPECT_LE(open_segments(files), 1u) << "the one that is written";
  std::string payload;
  for (int i = 0; i < 3; ++i) spool->read(payload);
  spool->rewind();
  for (int i = 100; i < 110; ++i) {
    written.push_back(std::to_string(i));
    spool->append(written.back());
  }
  EXPECT_EQ(read_all(*spool), written);
}

// A disk that is full in the middle of a record.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  sighandler_t handler_;
};

TEST_F(SpoolTest, ARecordThatDoesNotFitTheDiskLeavesNothingOfItself) {
  const auto spool = open();
  EXPECT_EQ(spool->append("before"), Spool::Answer::Kept);
  const auto size = files.bytes("00000001.seg").size();
  {
    const FileSizeLimit full(size + 30);
    EXPECT_EQ(spool->append(std::string(100, 'x')), Spool::Answer::Unwritable);
    EXPECT_THAT(spool->problem(), ::testing::HasSubstr("File too large"));
    EXPECT_EQ(files.bytes("00000001.seg").size(), size);
    EXPECT_EQ(spool->append("small"), Spool::Answer::Kept);
    EXPECT_FALSE(spool->set_aside(std::string(100, 'x')));
  }
  EXPECT_EQ(spool->append(std::string(100, 'y')), Spool::Answer::Kept);
  EXPECT_THAT(files.names(".bad"), IsEmpty()) << "half a record is of no use to anybody";
  EXPECT_THAT(read_all(*spool), ElementsAre("before", "small", std::string(100, 'y')));
}

TEST_F(SpoolTest, SaysWhyItCannotBeWritten) {
  std::ofstream(files.root() / "file") << "x";
  Spool spool({.directory = files.root() / "file" / "spool"}, system_clock());
  EXPECT_EQ(spool.append("a"), Spool::Answer::Unwritable);
  EXPECT_THAT(spool.problem(), ::testing::HasSubstr("making the directory"));
}

TEST_F(SpoolTest, ComesBackWhenTheDirectoryCanBeMadeAgain) {
  std::ofstream(files.spool()) << "x";
  const auto spool = open();
  EXPECT_EQ(spool->append("a"), Spool::Answer::Unwritable);
  std::filesystem::remove(files.spool());
  EXPECT_EQ(spool->append("a"), Spool::Answer::Kept);
}

TEST_F(SpoolTest, IsOfOneProcessOnly) {
  const auto first = open();
  try {
    open();
    FAIL() << "two of them";
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_BUSY);
    EXPECT_THAT(e.what(), ::testing::HasSubstr("another process uses it"));
  }
}

TEST_F(SpoolTest, WhatIsSetAsideStaysAndCanBeReadAgain) {
  {
    const auto spool = open();
    EXPECT_TRUE(spool->set_aside("poison"));
    EXPECT_TRUE(spool->drained());
  }
  ASSERT_THAT(files.names(".bad"), ElementsAre("00000001.bad"));
  EXPECT_THAT(read_after_restart(), IsEmpty());
  std::filesystem::rename(files.spool() / "00000001.bad", files.spool() / "00000001.seg");
  EXPECT_THAT(read_after_restart(), ElementsAre("poison"));
}

}  // namespace
