package io.github.devicetunnel.directory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.internal.cloud.ServiceError;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Requests pages of devices, and describes failures. Immutable and thread-safe. */
final class DirectoryRequests {
  /** Far above a page of 1,000 devices with all their attributes. */
  static final long MAX_PAGE_BYTES = 16 << 20;

  private static final Duration MAX_PAGE_TIME = Duration.ofMinutes(2);
  private static final int MAX_DEFECT = 200;

  private final Call.Factory calls;
  private final HttpUrl url;

  /**
   * Creates the requests.
   *
   * @param calls adds the access key
   * @param cloud the base URL of the cloud
   */
  DirectoryRequests(Call.Factory calls, HttpUrl cloud) {
    this.calls = calls;
    this.url = cloud.newBuilder().addPathSegments("v3/devices/").build();
  }

  /**
   * Requests a page on the calling thread.
   *
   * @param after the ID of the last device of the previous page; null for the first page
   * @throws DirectoryException if the cloud rejects the request, or sends no valid page
   * @throws InterruptedIOException if the thread is interrupted
   */
  DevicePage page(DeviceQuery query, @Nullable String after) throws IOException {
    HttpUrl.Builder page = url.newBuilder();
    query.addTo(page);
    if (after != null) {
      page.addQueryParameter("after", after);
    }
    Request request =
        new Request.Builder().url(page.build()).header("Accept", "application/json").build();
    String noun = query.noun();
    try (Response response = execute(request, noun)) {
      if (!response.isSuccessful()) {
        throw RejectedRequest.exception(noun, response);
      }
      return read(response, noun);
    }
  }

  private Response execute(Request request, String noun) throws IOException {
    try {
      return calls.newCall(request).execute();
    } catch (IOException e) {
      if (isInterrupt(e)) {
        throw e;
      }
      boolean retryable = e instanceof TunnelException tunnel && tunnel.isRetryable();
      throw DirectoryException.unanswered(
          "the request for " + noun + " failed: " + e.getMessage(), retryable, e);
    }
  }

  private static boolean isInterrupt(IOException e) {
    return e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException);
  }

  private static DevicePage read(Response response, String noun) throws IOException {
    String answer = "the answer to the request for " + noun + " ";
    try (InputStream in =
        new BoundedInputStream(response.body().byteStream(), MAX_PAGE_BYTES, MAX_PAGE_TIME)) {
      return PageReader.read(in);
    } catch (PageReader.NoPageException e) {
      throw DirectoryException.invalid(
          answer
              + "is "
              + e.getMessage()
              + " ("
              + response.header("Content-Type", "without a content type")
              + "), "
              + ServiceError.sender(RejectedRequest.server(response))
              + "; check the cloud URI",
          e);
    } catch (BoundedInputStream.LimitException e) {
      throw DirectoryException.invalid(
          answer + "is " + e.getMessage() + "; report it to the operators of the cloud", e);
    } catch (JsonEOFException e) {
      throw DirectoryException.incomplete(
          answer + "ends before it is complete; check the proxies and load balancers", e);
    } catch (JsonProcessingException | CharConversionException e) {
      String defect = OneLine.words(String.valueOf(originalMessage(e)), MAX_DEFECT);
      throw DirectoryException.invalid(
          answer + "is not valid JSON: " + defect + "; check the cloud URI", e);
    } catch (IOException e) {
      if (isInterrupt(e)) {
        throw e;
      }
      String what =
          e instanceof SocketTimeoutException
              ? "stopped for longer than the connect timeout"
              : "was cut off: " + e.getMessage();
      throw DirectoryException.incomplete(
          answer + what + "; check the network, proxies and load balancers", e);
    }
  }

  private static @Nullable String originalMessage(IOException e) {
    return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
  }
}
