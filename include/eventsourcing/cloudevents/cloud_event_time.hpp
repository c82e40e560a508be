// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_TIME_HPP
#define EVENTSOURCING_CLOUDEVENTS_CLOUD_EVENT_TIME_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/calendar.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/rfc3339.hpp>
#include <eventsourcing/core/timestamp.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing {

/// The value of a Timestamp attribute: any date-time of RFC 3339, of any year and precision, kept
/// as it was written, so that it is passed on unchanged. Compared as a point in time.
class CloudEventTime {
public:
    CloudEventTime(Timestamp time = {})
        : seconds_(time.unix_seconds()),
          nanoseconds_(time.nanoseconds()) {}

    /// `errc::malformed` says where it is wrong and why.
    [[nodiscard]] static Result<CloudEventTime> parse(std::string_view text) {
        detail::Rfc3339Reader reader{text};
        if (!reader.read_any_year())
            return reader.error();
        CloudEventTime time(reader.seconds(), reader.nanoseconds());
        std::array<char, Timestamp::text_size> buffer;
        if (!time.in_range() || time.to_text(buffer) != text)
            time.text_ = text;
        return time;
    }

    /// Cut off after the ninth digit of the fraction. `errc::invalid` outside the years 1 to 9999
    /// in UTC.
    [[nodiscard]] Result<Timestamp> timestamp() const {
        if (in_range())
            return Timestamp::from_unix(seconds_, nanoseconds_);
        return Error(errc::invalid, "timestamp " + detail::in_quotes(text_) +
                                        ": in UTC this is outside the years 0001 to 9999");
    }

    /// RFC 3339, as it was read; for one made of a `Timestamp`, as `Timestamp::to_string`.
    [[nodiscard]] std::string to_string() const {
        std::array<char, Timestamp::text_size> buffer;
        return std::string(to_text(buffer));
    }
    /// The same without an allocation; the text is in `buffer` or in this.
    [[nodiscard]] std::string_view to_text(std::array<char, Timestamp::text_size>& buffer) const {
        if (!text_.empty())
            return text_;
        const char* const end = detail::write_rfc3339(seconds_, nanoseconds_, buffer.data());
        return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
    }

    friend bool operator==(const CloudEventTime& a, const CloudEventTime& b) {
        return (a <=> b) == 0;
    }
    friend std::strong_ordering operator<=>(const CloudEventTime& a, const CloudEventTime& b) {
        if (a.seconds_ != b.seconds_)
            return a.seconds_ <=> b.seconds_;
        if (a.nanoseconds_ != b.nanoseconds_)
            return a.nanoseconds_ <=> b.nanoseconds_;
        return a.finer_digits() <=> b.finer_digits();
    }

private:
    CloudEventTime(std::int64_t seconds, std::int64_t nanoseconds)
        : seconds_(seconds),
          nanoseconds_(static_cast<std::uint32_t>(nanoseconds)) {}

    [[nodiscard]] bool in_range() const {
        return seconds_ >= detail::first_second && seconds_ <= detail::last_second;
    }
    /// The digits of the fraction after the ninth, without zeros at their end.
    [[nodiscard]] std::string_view finer_digits() const {
        const std::string_view text = text_;
        const std::size_t begin = text.find('.');
        std::size_t end = begin == text.npos ? begin : text.find_first_of("Zz+-", begin);
        if (begin == text.npos || end - begin <= 10)
            return {};
        while (end > begin + 10 && text[end - 1] == '0')
            --end;
        return text.substr(begin + 10, end - begin - 10);
    }

    std::int64_t seconds_;
    std::uint32_t nanoseconds_;
    std::string text_{}; // if it differs from that of these numbers
};

} // namespace eventsourcing

#endif
