<%@ page contentType="text/html;charset=utf-8" %>
<p>6 times 7 is <%= 6 * 7 %>, asked over ${pageContext.request.scheme}</p>
