// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_SEALED_BYTES_HPP
#define EVENTSOURCING_PERSONAL_SEALED_BYTES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/personal/secret.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// The bytes of a sealed value. Numbers have their highest byte first.
//
//   0   1   the format: 1
//   1   8   the key table that has its key, `KeyTable::id`
//   9   8   its key, `SubjectKey::id`
//   17  4   a checksum of the above and of the subject. It needs no key, and so it tells a value
//           that was damaged or moved from one of which the key was erased, or is elsewhere
//   21  12  the nonce, random
//   33  n   the value as JSON, encrypted with AES-256-GCM
//   33+n 16 the tag, which also covers the first 21 bytes and the subject

namespace eventsourcing::detail::personal {

inline constexpr std::size_t header_size = 21;
inline constexpr std::size_t nonce_size = 12;
inline constexpr std::size_t tag_size = 16;
inline constexpr std::size_t before_value = header_size + nonce_size;
inline constexpr std::size_t overhead = before_value + tag_size;

inline constexpr unsigned char sealed_format = 1;

/// Of the JSON of one value.
inline constexpr std::size_t max_value_size = std::size_t{16} << 20U;
/// Of the name of a subject.
inline constexpr std::size_t max_subject_size = 200;

/// What a sealed value says of itself.
struct SealedHeader {
    unsigned char format = sealed_format;
    KeyId table = 0;
    KeyId key = 0;

    bool operator==(const SealedHeader&) const = default;
};

constexpr std::uint64_t big_endian(std::uint64_t value) {
    return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}
inline void put_number(char* to, std::uint64_t value) {
    value = big_endian(value);
    std::memcpy(to, &value, sizeof value);
}
inline std::uint64_t get_number(const char* from) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return big_endian(value);
}
inline void put_checksum(char* to, std::uint32_t value) {
    std::array<char, 8> bytes{};
    put_number(bytes.data(), value);
    std::memcpy(to, bytes.data() + 4, 4);
}

/// A checksum against accidents; what an attacker changes is found by the tag.
inline std::uint32_t checksum(const SealedHeader& header, std::string_view subject) {
    std::uint64_t sum = 0xcbf29ce484222325U;
    const auto add = [&sum](std::uint64_t value) {
        sum = (sum ^ value) * 0x9e3779b97f4a7c15U; // odd: no two values give the same sum
        sum ^= sum >> 32U;
    };
    add(header.format);
    add(header.table);
    add(header.key);
    add(subject.size());
    for (; subject.size() >= 8; subject.remove_prefix(8))
        add(get_number(subject.data()));
    std::array<char, 8> last{};
    if (!subject.empty())
        std::memcpy(last.data(), subject.data(), subject.size());
    add(get_number(last.data()));
    return static_cast<std::uint32_t>(sum >> 32U);
}

inline void write_header(char* to, const SealedHeader& header, std::string_view subject) {
    to[0] = static_cast<char>(header.format);
    put_number(to + 1, header.table);
    put_number(to + 9, header.key);
    put_checksum(to + 17, checksum(header, subject));
}

/// False if the first 21 bytes and the subject are not those of one value.
inline bool read_header(std::string_view sealed, std::string_view subject, SealedHeader& out) {
    if (sealed.size() < overhead)
        return false;
    out = {static_cast<unsigned char>(sealed[0]), get_number(sealed.data() + 1),
           get_number(sealed.data() + 9)};
    std::array<char, 4> expected{};
    put_checksum(expected.data(), checksum(out, subject));
    return std::memcmp(sealed.data() + 17, expected.data(), expected.size()) == 0;
}

/// What the tag covers besides the value.
class AssociatedData {
public:
    /// `subject` has at most `max_subject_size` bytes.
    AssociatedData(std::string_view sealed, std::string_view subject)
        : size_(header_size + subject.size()) {
        std::memcpy(bytes_.data(), sealed.data(), header_size);
        std::memcpy(bytes_.data() + header_size, subject.data(), subject.size());
    }
    [[nodiscard]] const unsigned char* data() const { return bytes_.data(); }
    [[nodiscard]] int size() const { return static_cast<int>(size_); }

private:
    std::array<unsigned char, header_size + max_subject_size> bytes_;
    std::size_t size_;
};

} // namespace eventsourcing::detail::personal

#endif
