#include "live/crc32c.hpp"

#include <array>

namespace tapedeck {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // of RFC 3720, reflected

// Eight tables: eight bytes a step.
constexpr auto kTables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t sum = i;
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? kPolynomial : 0);
    tables[0][i] = sum;
  }
  for (std::size_t t = 1; t < 8; ++t)
    for (std::size_t i = 0; i < 256; ++i)
      tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
  return tables;
}();

std::uint32_t byte(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) noexcept {
  std::uint32_t sum = ~before;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    const std::uint32_t low = sum ^ (byte(bytes, 0) | byte(bytes, 1) << 8 | byte(bytes, 2) << 16 | byte(bytes, 3) << 24);
    sum = kTables[7][low & 0xff] ^ kTables[6][low >> 8 & 0xff] ^ kTables[5][low >> 16 & 0xff] ^
          kTables[4][low >> 24] ^ kTables[3][byte(bytes, 4)] ^ kTables[2][byte(bytes, 5)] ^
          kTables[1][byte(bytes, 6)] ^ kTables[0][byte(bytes, 7)];
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) sum = (sum >> 8) ^ kTables[0][(sum ^ byte(bytes, i)) & 0xff];
  return ~sum;
}

}  // namespace tapedeck
