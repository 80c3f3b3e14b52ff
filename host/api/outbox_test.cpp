// The bounded way to one client, over a real socket pair.
#include "api/outbox.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace tapedeck::api;
namespace {

Frames frame(std::size_t size, char fill) {
  Frames f;
  f.bytes.assign(size, fill);
  f.mark(0);
  return f;
}

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    const int small = 4096;
    setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  }
  ~OutboxTest() override {
    close(fds[0]);
    close(fds[1]);
  }
  std::string read_all() {
    std::string out;
    char text[65536];
    for (ssize_t n; (n = recv(fds[1], text, sizeof text, MSG_DONTWAIT)) > 0;) out.append(text, static_cast<std::size_t>(n));
    return out;
  }
  int fds[2] = {-1, -1};
  std::atomic<std::uint64_t> sent{0};
};

}  // namespace

TEST_F(OutboxTest, TellsTheSenderOnceUntilItHasLooked) {
  Outbox box(1000, 10, sent);
  EXPECT_TRUE(box.put(frame(3, 'a')));
  EXPECT_FALSE(box.put(frame(3, 'b')));
  EXPECT_EQ(box.send(fds[0]), Outbox::State::Empty);
  EXPECT_EQ(sent, 2u);
  EXPECT_EQ(read_all(), "aaabbb");
  EXPECT_TRUE(box.put(frame(3, 'c')));
}

TEST_F(OutboxTest, IsFullBeyondEitherLimitAndSaysSoAtOnce) {
  Outbox bytes(100, 1000, sent);
  EXPECT_TRUE(bytes.put(frame(100, 'a')));
  EXPECT_TRUE(bytes.put(frame(1, 'b'))) << "a sender that waits for the socket has to hear of it";
  EXPECT_FALSE(bytes.put(frame(1, 'c')));
  EXPECT_EQ(bytes.send(fds[0]), Outbox::State::Full);
  Outbox messages(1000, 2, sent);
  messages.put(frame(1, 'a'));
  messages.put(frame(1, 'b'));
  EXPECT_FALSE(messages.full());
  messages.put(frame(1, 'c'));
  EXPECT_TRUE(messages.full());
}

TEST_F(OutboxTest, WhatWasSentMakesRoom) {
  Outbox box(100, 2, sent);
  for (int i = 0; i < 50; ++i) {
    box.put(frame(60, 'x'));
    ASSERT_EQ(box.send(fds[0]), Outbox::State::Empty);
    read_all();
  }
  EXPECT_EQ(sent, 50u);
}

TEST_F(OutboxTest, DroppingKeepsTheFrameUnderWay) {
  Outbox box(1'000'000, 1000, sent);
  for (char c = 'a'; c < 'k'; ++c) box.put(frame(50'000, c));
  ASSERT_EQ(box.send(fds[0]), Outbox::State::Blocked);
  const std::uint64_t whole = sent;
  ASSERT_LT(whole, 9u);
  box.put(frame(10, 'z'));
  const std::uint64_t dropped = box.drop();
  box.finish("END");
  EXPECT_FALSE(box.put(frame(1, 'y')));
  std::string got;
  for (Outbox::State s = Outbox::State::Blocked; s != Outbox::State::Empty;) {
    got += read_all();
    s = box.send(fds[0]);
    ASSERT_TRUE(s == Outbox::State::Blocked || s == Outbox::State::Empty || s == Outbox::State::More);
  }
  got += read_all();
  ASSERT_TRUE(got.ends_with("END"));
  EXPECT_EQ((got.size() - 3) % 50'000, 0u) << "only whole frames";
  EXPECT_EQ((got.size() - 3) / 50'000 + dropped, 11u) << "each frame was sent or counted";
}

TEST_F(OutboxTest, CountsWhatFoundNoRoomAsDropped) {
  Outbox box(100, 1000, sent);
  box.put(frame(90, 'a'));
  for (int i = 0; i < 5; ++i) box.put(frame(20, 'b'));
  EXPECT_EQ(box.drop(), 6u);
}

TEST_F(OutboxTest, AFrameThatComesAloneIsSentAtOnce) {
  Outbox box(1000, 10, sent);
  EXPECT_FALSE(box.put_at_once(frame(3, 'a'), fds[0]));
  EXPECT_EQ(sent, 1u);
  EXPECT_EQ(read_all(), "aaa");
  EXPECT_TRUE(box.put(frame(3, 'b')));
  EXPECT_FALSE(box.put_at_once(frame(3, 'c'), fds[0])) << "behind what waits already";
  EXPECT_EQ(box.send(fds[0]), Outbox::State::Empty);
  EXPECT_EQ(read_all(), "bbbccc");
}

TEST_F(OutboxTest, WhatTheSocketDidNotTakeAtOnceIsTheSenders) {
  Outbox box(1'000'000, 1000, sent);
  Frames three = frame(1000, 'a');
  three.bytes.append(200'000, 'b');
  three.mark(1000);
  three.bytes.append(1000, 'c');
  three.mark(201'000);
  EXPECT_TRUE(box.put_at_once(three, fds[0]));
  EXPECT_EQ(sent, 1u);
  EXPECT_EQ(box.drop(), 1u) << "the second is under way";
  box.finish("END");
  std::string got;
  for (Outbox::State s = Outbox::State::Blocked; s != Outbox::State::Empty; s = box.send(fds[0])) got += read_all();
  got += read_all();
  EXPECT_EQ(got, std::string(1000, 'a') + std::string(200'000, 'b') + "END");
}

TEST_F(OutboxTest, NoticesThatTheClientIsGone) {
  Outbox box(100, 10, sent);
  close(fds[1]);
  fds[1] = -1;
  box.put(frame(1, 'a'));
  EXPECT_EQ(box.send(fds[0]), Outbox::State::Gone);
}
